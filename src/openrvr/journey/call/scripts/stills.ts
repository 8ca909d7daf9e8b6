// A still picture every few seconds, as a track like any other: what receives or records it needs to know nothing of it.

const every = 4000;

export class Stills {
  /** Null where this browser cannot draw a track: then there is sound alone. */
  readonly track: MediaStreamTrack | null;
  private readonly view = document.createElement("video");
  private readonly canvas = document.createElement("canvas");
  private readonly drawing: ReturnType<typeof setInterval>;

  constructor(camera: MediaStreamTrack) {
    this.view.muted = true;
    this.view.playsInline = true;
    this.view.srcObject = new MediaStream([camera]);
    this.track = this.canvas.captureStream?.(0).getVideoTracks()[0] ?? null;
    // A picture that stands wants to be sharp, not smooth.
    if (this.track) this.track.contentHint = "detail";
    this.view.addEventListener("loadeddata", () => this.draw());
    void this.view.play().catch(() => undefined);
    this.drawing = setInterval(() => this.draw(), every);
  }

  stop(): void {
    clearInterval(this.drawing);
    this.view.srcObject = null;
    this.track?.stop();
  }

  private draw(): void {
    const { videoWidth, videoHeight } = this.view;
    const context = this.canvas.getContext("2d");
    if (!videoWidth || !context) return;
    if (this.canvas.width !== videoWidth) Object.assign(this.canvas, { width: videoWidth, height: videoHeight });
    context.drawImage(this.view, 0, 0);
    (this.track as CanvasCaptureMediaStreamTrack | null)?.requestFrame();
  }
}
