// From the phone call into the video call. While the phone call goes on this page takes no microphone and plays no sound,
// so that nothing fights with it and nothing echoes; one tap turns both on. Later calls are noticed, and ask for that tap.
import { CameraFailed, show, type Camera, type PhoneCall } from "#call/camera";
import { wantedOn } from "#call/rungs";
import { SoundWatch } from "#call/sound_watch";
import { post } from "#kit/http";
import { _ } from "#kit/words";

import { element, hideAway, onTap } from "./elements";
import { onRung, rungNow } from "./rungs";
import { goOnAt, speak, stepShown } from "./steps";

export class HandOver {
  private readonly watch: SoundWatch;
  private readonly remote = element<HTMLVideoElement>("remote-video");
  private readonly part = element("hand-over");
  private told: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly camera: Camera,
    private readonly url: string,
    onPhone: boolean | null,
  ) {
    this.watch = new SoundWatch(camera);
    this.watch.onChange((taken) => (taken ? this.taken() : this.become("no")));
    onTap("sound-on", () => void this.turnSoundOn());
    // Whoever writes needs no sound, and is not asked to turn it on.
    onRung(() => this.show());
    onTap("without-sound", () => this.become("no"));
    this.remote.addEventListener("pause", () => void this.playOn());
    document.addEventListener("visibilitychange", () => void this.playOn());
    this.become(onPhone ? "still" : "no");
  }

  /** Her answer to whether she is still in the phone call that brought her here, by the tap that turns the camera on. */
  answer(stillOnThePhone: boolean): void {
    this.become(stillOnThePhone ? "still" : "no");
    if (!stillOnThePhone) this.watch.listen();
    this.tell();
  }

  /** An officer is there. */
  begin(): void {
    if (this.camera.phoneCall === "still" && !this.part.hidden) goOnAt(element("hand-over-title"));
  }

  /** All is over: nothing listens on. */
  end(): void {
    this.watch.close();
  }

  // Before the call nothing is lost: she stays on the phone, and turns the sound on when the officer is there.
  private taken(): void {
    if (stepShown() === "call") return this.become("again");
    this.camera.closeSound();
    this.become("still");
    this.tell();
  }

  private async turnSoundOn(): Promise<void> {
    const button = element("sound-on");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    this.say("");
    // In the tap itself: only then an iPhone lets sound out.
    this.watch.listen();
    this.remote.muted = false;
    if (this.remote.srcObject) void show(this.remote, this.remote.srcObject as MediaStream);
    try {
      await this.camera.openSound();
      this.become("no");
      speak(`${_("Sound")} ${_("on")}`);
      this.tell();
    } catch (failure) {
      this.explain(failure);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  private explain(failure: unknown): void {
    if (!(failure instanceof CameraFailed)) throw failure;
    // Whoever has ended the call and still has no microphone hears the officer at least.
    if (failure.trouble !== "microphone-in-use") {
      this.become("again");
      this.tell();
    }
    this.remote.muted = this.camera.phoneCall === "still";
    this.say(failure.message);
  }

  /** What a telephone call has stopped does not always go on by itself afterwards. */
  private async playOn(): Promise<void> {
    const stream = this.remote.srcObject as MediaStream | null;
    if (!stream || !this.remote.paused || document.visibilityState !== "visible") return;
    if (!(await show(this.remote, stream)) && this.camera.phoneCall === "no") this.become("again");
  }

  private become(state: PhoneCall): void {
    this.camera.phoneCall = state;
    this.remote.muted = state === "still";
    if (state === "no") this.say("");
    this.show();
  }

  private show(): void {
    const { phoneCall } = this.camera;
    // Before any of its buttons goes by itself, and the focus with it.
    if (phoneCall === "no" || !wantedOn(rungNow()).sound) hideAway(this.part, element("call-title"));
    else this.part.hidden = false;
    document.body.dataset.phoneCall = phoneCall;
    for (const words of document.querySelectorAll<HTMLElement>("#main [data-phone-call]")) {
      words.hidden = words.dataset.phoneCall !== phoneCall;
    }
  }

  private say(sentence: string): void {
    element("hand-over-problem").textContent = sentence;
  }

  // The officer's desk learns it from her page itself; this is for the call-taker, and for a reload.
  // One after the other: what is true now is what arrives last.
  private tell(): void {
    this.told = this.told
      .then(() => post(this.url, { goes_on: this.camera.phoneCall === "still" }, { tries: 20 }))
      .catch(() => undefined);
  }
}
