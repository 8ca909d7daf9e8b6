// A field to sign in with a finger, a pen or a mouse: three times as wide as high, as on the paper.

type Point = [number, number];

/** More than anybody's name takes. */
const mostPoints = 3000;
const thousandths = (value: number): number => Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 1000;

export class SignaturePad {
  strokes: Point[][] = [];
  private points = 0;
  private drawing = false;

  constructor(private readonly canvas: HTMLCanvasElement) {
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.drawing && this.add(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.drawing = false));
    addEventListener("resize", () => this.fit());
  }

  get isEmpty(): boolean {
    return this.strokes.length === 0;
  }

  clear(): void {
    this.strokes = [];
    this.points = 0;
    this.draw();
  }

  /** As many dots as the screen has. */
  fit(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width) return;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.draw();
  }

  private begin(event: PointerEvent): void {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.strokes.push([]);
    this.add(event);
  }

  private add(event: PointerEvent): void {
    if (this.points++ >= mostPoints) return;
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const point: Point = [thousandths((event.clientX - left) / width), thousandths((event.clientY - top) / height)];
    this.strokes[this.strokes.length - 1]!.push(point);
    this.draw();
  }

  private draw(): void {
    const { canvas } = this;
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = canvas.height / 40;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#0b0c0c";
    for (const stroke of this.strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x * canvas.width, y * canvas.height);
      if (stroke.length === 1) pen.lineTo(stroke[0]![0] * canvas.width + 1, stroke[0]![1] * canvas.height);
      pen.stroke();
    }
  }
}
