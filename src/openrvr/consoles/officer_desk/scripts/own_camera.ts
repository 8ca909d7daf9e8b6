// The officer's camera: on with her duty, so that an answer waits for nothing.
import { Camera, CameraFailed } from "#call/camera";
import { mayOpenWithoutAsking } from "#call/permission";

export class OwnCamera {
  readonly camera = new Camera();
  private readonly self = document.getElementById("self-video") as HTMLVideoElement;
  private opening: Promise<void> | null = null;

  /** `tell` is given a sentence for the officer, or "" once all is well. */
  constructor(private readonly tell: (problem: string) => void) {
    this.camera.preview(this.self);
    this.camera.onTrack(() => this.show());
    this.camera.onLost(() => {
      this.show();
      this.tell("Your camera has stopped.");
    });
  }

  get isOn(): boolean {
    return this.camera.stream.getTracks().length > 0;
  }

  /** From a press, when the browser may have to ask. */
  open(): Promise<void> {
    this.opening ??= this.tryToOpen().finally(() => (this.opening = null));
    return this.opening;
  }

  /** Without a press: only where the browser has been told yes before. */
  async openIfAllowed(): Promise<void> {
    if (await mayOpenWithoutAsking()) await this.open();
    else this.tell("Your camera is off.");
  }

  close(): void {
    this.camera.close();
    this.show();
    this.tell("");
  }

  private async tryToOpen(): Promise<void> {
    if (this.isOn) return;
    try {
      await this.camera.open();
      this.tell(this.camera.video ? "" : "No camera was found: she will hear you and not see you.");
    } catch (problem) {
      this.tell(problem instanceof CameraFailed ? problem.message : String(problem));
    }
  }

  private show(): void {
    this.self.hidden = this.camera.video === null;
  }
}
