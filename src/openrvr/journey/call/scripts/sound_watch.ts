// A telephone call takes the microphone from a page, and often its sound too, and says so to nobody. Seen from here: the
// track falls silent by itself, it ends, or the sound system is interrupted.
import type { Camera } from "./camera";
import { Listeners } from "./listeners";

/** Silences of less are the phone's own: another microphone is chosen, a headset is plugged in. Milliseconds. */
const aMoment = 1500;

export class SoundWatch {
  private readonly changes = new Listeners<boolean>();
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private taken = false;

  constructor(private readonly camera: Camera) {
    camera.onTrack((track) => track.kind === "audio" && this.follow(track));
    camera.onLost((kind) => kind === "audio" && this.become(true, true));
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** True when the sound has been taken, false when it came back by itself. */
  onChange(handler: (taken: boolean) => void): () => void {
    return this.changes.add(handler);
  }

  /** From a tap: iPhones tell of a call by interrupting the page's sound system, which only a tap may start. */
  listen(): void {
    if (this.context) return void this.context.resume().catch(() => undefined);
    if (!("AudioContext" in window)) return;
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => this.look());
  }

  close(): void {
    clearTimeout(this.timer);
    void this.context?.close();
    this.context = null;
  }

  private follow(track: MediaStreamTrack): void {
    // Another tap has opened it anew: what was before is over.
    this.taken = false;
    for (const change of ["mute", "unmute"]) track.addEventListener(change, () => this.look());
    this.look();
  }

  private get isTaken(): boolean {
    // "interrupted" is WebKit's; the standard has taken it up since.
    return this.camera.audio?.muted === true || (this.context?.state as string | undefined) === "interrupted";
  }

  // A page in the background has neither camera nor microphone on an iPhone: that says nothing of a call.
  private look(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (document.visibilityState === "visible" && this.camera.audio) this.become(this.isTaken);
    }, this.isTaken ? aMoment : 0);
  }

  private become(taken: boolean, anew = false): void {
    if (this.taken === taken && !anew) return;
    this.taken = taken;
    this.changes.tell(taken);
  }
}
