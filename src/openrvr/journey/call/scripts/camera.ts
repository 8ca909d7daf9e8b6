// Camera and microphone of this device: asked for on a tap, with each way of failing told apart.
import { _ } from "#kit/words";

import { Listeners } from "./listeners";

export type Facing = "front" | "back";

export type CameraTrouble = "refused" | "none-found" | "in-use" | "insecure" | "in-app-browser" | "unknown";

const sentences: Record<CameraTrouble, string> = {
  refused: _("The camera and sound are switched off for this page. Allow them in the browser's settings, then tap again."),
  "none-found": _("No camera or microphone was found on this device."),
  "in-use": _("Another app is using the camera. Close it, then tap again."),
  insecure: _("This page cannot use the camera because its address is not secure. Open the link from the text message again."),
  "in-app-browser": _("This app cannot open the camera. Copy the link and open it in your phone's own browser."),
  unknown: _("The camera did not start. Tap to try again."),
};

export class CameraFailed extends Error {
  override name = "CameraFailed";

  constructor(readonly trouble: CameraTrouble) {
    super(sentences[trouble]);
  }
}

const troubleByName: Record<string, CameraTrouble> = {
  NotAllowedError: "refused",
  SecurityError: "insecure",
  NotFoundError: "none-found",
  OverconstrainedError: "none-found",
  NotReadableError: "in-use",
  AbortError: "in-use",
};

const facingMode: Record<Facing, string> = { front: "user", back: "environment" };

/** What of the two is to be opened. */
export interface Wanted {
  picture: boolean;
  sound: boolean;
}

const both: Wanted = { picture: true, sound: true };
const picture = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const looksLikeInAppBrowser = (): boolean => /FBAN|FBAV|Instagram|Line\/|; wv\)/.test(navigator.userAgent);

function ask(constraints: MediaStreamConstraints): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) {
    return Promise.reject(new CameraFailed(looksLikeInAppBrowser() ? "in-app-browser" : "insecure"));
  }
  return navigator.mediaDevices.getUserMedia(constraints);
}

function asFailure(problem: unknown): CameraFailed {
  if (problem instanceof CameraFailed) return problem;
  // Not every browser's OverconstrainedError is a DOMException: WebKit's is an object of its own.
  const name = (problem as { name?: string } | null)?.name ?? "";
  return new CameraFailed(troubleByName[name] ?? "unknown");
}

/** The local picture and sound. One object for the life of the page: a camera switch changes its tracks. */
export class Camera {
  readonly stream = new MediaStream();
  facing: Facing = "front";
  private readonly changes = new Listeners<MediaStreamTrack>();
  private readonly losses = new Listeners<"audio" | "video">();

  get video(): MediaStreamTrack | null {
    return this.stream.getVideoTracks()[0] ?? null;
  }

  get audio(): MediaStreamTrack | null {
    return this.stream.getAudioTracks()[0] ?? null;
  }

  /** Must be called from a tap. A device without camera still gets in with its sound alone: look at `video`. */
  async open(facing: Facing = "front", wanted: Wanted = both): Promise<void> {
    this.facing = facing;
    const video = wanted.picture && { ...picture, facingMode: facingMode[facing] };
    const audio = wanted.sound && sound;
    if (!video && !audio) return;
    try {
      this.adopt(await ask({ audio, video }));
    } catch (problem) {
      const failure = asFailure(problem);
      if (!video || !audio || (failure.trouble !== "none-found" && failure.trouble !== "in-use")) throw failure;
      await this.openSoundAlone(failure);
    }
  }

  private async openSoundAlone(failure: CameraFailed): Promise<void> {
    try {
      this.adopt(await ask({ audio: sound }));
    } catch {
      throw failure;
    }
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
      throw asFailure(problem);
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
