// Camera and microphone of this device: asked for on a tap, with each way of failing told apart.
import { Listeners } from "./listeners";
import { standing } from "./permission";
import { CameraFailed, troubleAtFirst, whyNot, type Kind, type Trouble } from "./trouble";

export { CameraFailed } from "./trouble";

export type Facing = "front" | "back";

const facingMode: Record<Facing, string> = { front: "user", back: "environment" };

/** What of the two is to be opened. */
export interface Wanted {
  picture: boolean;
  sound: boolean;
}

const both: Wanted = { picture: true, sound: true };
const picture = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Whether a telephone call has the sound of this device: "still" since before this page, "again" since a moment ago. */
export type PhoneCall = "no" | "still" | "again";

function ask(constraints: MediaStreamConstraints): Promise<MediaStream> {
  const trouble = troubleAtFirst();
  return trouble ? Promise.reject(new CameraFailed(trouble)) : navigator.mediaDevices.getUserMedia(constraints);
}

/** The local picture and sound. One object for the life of the page: a camera switch changes its tracks. */
export class Camera {
  readonly stream = new MediaStream();
  facing: Facing = "front";
  phoneCall: PhoneCall = "no";
  /** Why only one of the two was opened; "" where both were, or all that was asked for. */
  trouble: Trouble | "" = "";
  private readonly changes = new Listeners<MediaStreamTrack>();
  private readonly losses = new Listeners<"audio" | "video">();

  get video(): MediaStreamTrack | null {
    return this.stream.getVideoTracks()[0] ?? null;
  }

  get audio(): MediaStreamTrack | null {
    return this.stream.getAudioTracks()[0] ?? null;
  }

  /**
   * Must be called from a tap. Whoever can open only one of the two gets in with that one: look at `trouble`. While a
   * phone call goes on, the picture alone is asked for.
   */
  async open(facing: Facing = "front", wanted: Wanted = both): Promise<void> {
    this.facing = facing;
    const withSound = wanted.sound && this.phoneCall !== "still";
    const kinds = (["video", "audio"] as const).filter((kind) => (kind === "video" ? wanted.picture : withSound));
    if (!kinds.length) return;
    const began = performance.now();
    this.trouble = "";
    try {
      this.adopt(await ask(this.constraints(kinds)));
    } catch (problem) {
      await this.openOneOf(kinds, problem, performance.now() - began);
    }
  }

  /** From a tap too: the microphone alone, when the phone call is over. Raises CameraFailed. */
  async openSound(): Promise<void> {
    const began = performance.now();
    try {
      this.adopt(await ask(this.constraints(["audio"])));
      this.trouble = this.video ? "" : this.trouble;
    } catch (problem) {
      throw new CameraFailed(await whyNot(problem, ["audio"], performance.now() - began));
    }
  }

  closeSound(): void {
    const { audio } = this;
    if (!audio) return;
    this.stream.removeTrack(audio);
    audio.stop();
  }

  private constraints(kinds: Kind[]): MediaStreamConstraints {
    return {
      ...(kinds.includes("video") ? { video: { ...picture, facingMode: facingMode[this.facing] } } : {}),
      ...(kinds.includes("audio") ? { audio: sound } : {}),
    };
  }

  private async openOneOf(kinds: Kind[], problem: unknown, after: number): Promise<void> {
    for (const kind of await worthAskingAlone(kinds, problem)) {
      try {
        this.adopt(await ask(this.constraints([kind])));
        this.trouble = await whyNot(problem, kinds.filter((other) => other !== kind), after);
        if (this.trouble === "microphone-in-use") this.losses.tell("audio");
        return;
      } catch {
        // Neither: what was wrong with both together is what she is told.
      }
    }
    throw new CameraFailed(await whyNot(problem, kinds, after));
  }

  /** Front or back. Many phones cannot hold both cameras at once: the old one is let go of first. */
  async face(facing: Facing): Promise<void> {
    const old = this.video;
    const before = this.facing;
    const oldDevice = old?.getSettings().deviceId;
    const enabled = old?.enabled ?? true;
    old?.stop();
    try {
      const track = await this.openFacing(facing, oldDevice);
      track.enabled = enabled;
      this.facing = facing;
      this.replace(track);
    } catch (problem) {
      const back = await ask({ video: { ...picture, facingMode: facingMode[before] } }).catch(() => null);
      if (back?.getVideoTracks()[0]) this.replace(back.getVideoTracks()[0]!);
      throw new CameraFailed(await whyNot(problem, ["video"], Infinity));
    }
  }

  private async openFacing(facing: Facing, notThis: string | undefined): Promise<MediaStreamTrack> {
    const exact = { ...picture, facingMode: { exact: facingMode[facing] } };
    const stream = await ask({ video: exact }).catch(() => this.openOther(notThis));
    return stream.getVideoTracks()[0]!;
  }

  // Laptops and some phones do not say which way a camera looks: then the other one is the other way.
  private async openOther(notThis: string | undefined): Promise<MediaStream> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const other = devices.find((device) => device.kind === "videoinput" && device.deviceId !== notThis);
    return ask({ video: other ? { ...picture, deviceId: { exact: other.deviceId } } : picture });
  }

  mute(kind: "audio" | "video", muted: boolean): void {
    const track = kind === "audio" ? this.audio : this.video;
    if (track) track.enabled = !muted;
  }

  preview(video: HTMLVideoElement): void {
    video.muted = true;
    show(video, this.stream);
    const mirror = (): unknown => video.toggleAttribute("data-mirrored", this.facing === "front");
    mirror();
    this.onTrack(mirror);
  }

  close(): void {
    this.keepOnly({ picture: false, sound: false });
  }

  /** Lets go of what is not wanted: its light goes out, and another app can have it. */
  keepOnly(wanted: Wanted): void {
    for (const track of this.stream.getTracks()) {
      if (track.kind === "video" ? wanted.picture : wanted.sound) continue;
      track.stop();
      this.stream.removeTrack(track);
    }
  }

  /** A track has been replaced or added. */
  onTrack(handler: (track: MediaStreamTrack) => void): () => void {
    return this.changes.add(handler);
  }

  /** The system took the camera or microphone away (another app, a telephone call). */
  onLost(handler: (kind: "audio" | "video") => void): () => void {
    return this.losses.add(handler);
  }

  private adopt(stream: MediaStream): void {
    stream.getTracks().forEach((track) => this.replace(track));
  }

  private replace(track: MediaStreamTrack): void {
    const kind = track.kind as "audio" | "video";
    for (const old of this.stream.getTracks().filter((other) => other.kind === kind)) {
      old.stop();
      this.stream.removeTrack(old);
    }
    this.stream.addTrack(track);
    track.addEventListener("ended", () => this.lose(track, kind));
    this.changes.tell(track);
  }

  private lose(track: MediaStreamTrack, kind: "audio" | "video"): void {
    if (!this.stream.getTracks().includes(track)) return;
    this.stream.removeTrack(track);
    this.losses.tell(kind);
  }
}

/** One no must not bring two further questions: where it was a no, only what it does not concern is asked for alone. */
async function worthAskingAlone(kinds: Kind[], problem: unknown): Promise<Kind[]> {
  if (kinds.length < 2 || !(problem instanceof DOMException)) return [];
  if (problem.name !== "NotAllowedError") return kinds;
  const [video, audio] = await Promise.all([standing("video"), standing("audio")]);
  if (video === "denied" && audio !== "denied" && audio !== "unknown") return ["audio"];
  if (audio === "denied" && video !== "denied" && video !== "unknown") return ["video"];
  return [];
}

/** Shows a stream; true once it plays, false when the browser wants a tap before it lets sound out. */
export async function show(video: HTMLVideoElement, stream: MediaStream): Promise<boolean> {
  if (video.srcObject !== stream) video.srcObject = stream;
  try {
    await video.play();
    return true;
  } catch (problem) {
    // A picture that was taken away before it played, at the end of a call, wants no tap.
    return !(problem instanceof DOMException && problem.name === "NotAllowedError");
  }
}
