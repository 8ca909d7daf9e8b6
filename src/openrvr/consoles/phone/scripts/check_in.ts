// Camera and sound, asked for on a tap; what is wrong is told in a sentence, and to the call-taker too.
import { CameraFailed, type Camera } from "#call/camera";
import { post } from "#kit/http";

import { element, onTap } from "./elements";
import type { PhoneState, Urls } from "./state";

export class CheckIn {
  constructor(
    private readonly camera: Camera,
    private readonly urls: Urls,
    private readonly onReady: (state: PhoneState) => void,
  ) {
    onTap("open-camera", () => void this.openCamera());
    onTap("ready", () => void this.ready());
    camera.onLost(() => this.showAsking());
  }

  private async openCamera(): Promise<void> {
    const button = element<HTMLButtonElement>("open-camera");
    button.disabled = true;
    this.problem("");
    try {
      await this.camera.open();
      this.showReady();
    } catch (failure) {
      this.problem(failure instanceof CameraFailed ? failure.message : String(failure));
      this.tell(failure instanceof CameraFailed ? failure.trouble : "unknown");
    } finally {
      button.disabled = false;
    }
  }

  private showReady(): void {
    const sees = this.camera.video !== null;
    if (sees) this.camera.preview(element<HTMLVideoElement>("preview"));
    element("preview").hidden = !sees;
    for (const part of document.querySelectorAll<HTMLElement>("[data-with]")) {
      part.hidden = part.dataset.with !== (sees ? "picture" : "sound");
    }
    this.showPart("ready");
    this.tell(sees ? "" : "no picture");
  }

  private showAsking(): void {
    if (!this.camera.video && !this.camera.audio) this.showPart("ask");
  }

  private showPart(name: "ask" | "ready"): void {
    for (const part of document.querySelectorAll<HTMLElement>("[data-part]")) part.hidden = part.dataset.part !== name;
    element("open-camera").hidden = name === "ready";
    element("ready").hidden = name === "ask";
    document.querySelector<HTMLElement>(`[data-part="${name}"] h1`)?.focus({ preventScroll: true });
  }

  private async ready(): Promise<void> {
    const button = element<HTMLButtonElement>("ready");
    button.disabled = true;
    this.problem("");
    try {
      this.onReady(await post<PhoneState>(this.urls.checkIn, {}));
    } catch (failure) {
      this.problem(failure instanceof Error ? failure.message : String(failure));
    } finally {
      button.disabled = false;
    }
  }

  // The call-taker watches along: it must not hold up the one who is checking in, nor fail her.
  private tell(trouble: string): void {
    const body = { camera: this.camera.video !== null, microphone: this.camera.audio !== null, trouble };
    void post(this.urls.devices, body).catch(() => undefined);
  }

  private problem(sentence: string): void {
    element("camera-problem").textContent = sentence;
  }
}
