// What she types, over her picture in words: until the officer answers in writing, or has had time to read it. All of it
// stands in the case.
import type { Written } from "#chat/pane";

/** Milliseconds. */
const inSightFor = 30_000;

export class Typed {
  private readonly line = document.getElementById("stage-typed")!;
  private newest = 0;
  private words = "";
  private fading: ReturnType<typeof setTimeout> | undefined;

  /** null: no case is in hand. */
  show(written: Written | null): void {
    const line = written?.newest ?? null;
    if (!line) this.forget();
    else if (line.id !== this.newest) this.begin(line.id, line.words);
    const words = this.words ? `She writes: ${this.words}` : written?.isWriting ? "She is writing" : "";
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  private begin(id: number, words: string): void {
    this.newest = id;
    this.words = words;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.forget();
      this.line.textContent = "";
    }, inSightFor);
  }

  private forget(): void {
    clearTimeout(this.fading);
    this.words = "";
  }
}
