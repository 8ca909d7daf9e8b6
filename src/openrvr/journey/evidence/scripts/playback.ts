// One clock for all pictures of a call. It goes with the first picture that runs; where there is none, with the time.
import type { PersonPlayer } from "./person_player";

/** Milliseconds between two looks at everything. */
const every = 50;

export class Playback {
  private at = 0;
  private rate = 1;
  private playing = false;
  /** Something is still being fetched or sought: the others wait for it. */
  private waiting = false;
  private begun = false;
  private lookedAt = 0;

  /** `onChange` is told whenever the clock or what it does has changed. */
  constructor(
    private readonly seconds: number,
    private readonly people: PersonPlayer[],
    private readonly onChange: () => void,
  ) {}

  get position(): number {
    return this.at;
  }

  get isPlaying(): boolean {
    return this.playing;
  }

  get speed(): number {
    return this.rate;
  }

  set speed(rate: number) {
    this.rate = rate;
    this.onChange();
  }

  toggle(): void {
    if (!this.playing && this.at >= this.seconds - 0.05) this.at = 0;
    this.playing = !this.playing;
    this.look();
  }

  seek(seconds: number): void {
    this.at = Math.max(0, Math.min(this.seconds, seconds));
    this.waiting = true;
    this.look();
  }

  /** What there is to play has changed. */
  refresh(): void {
    if (this.begun) this.look();
  }

  // Nothing is fetched before the first press: what is fetched is logged as played.
  private look(): void {
    if (!this.begun) {
      this.begun = true;
      this.lookedAt = performance.now();
      setInterval(() => this.step(), every);
    }
    this.step();
  }

  private step(): void {
    const now = performance.now();
    const elapsed = (now - this.lookedAt) / 1000;
    this.lookedAt = now;
    const before = this.at;
    if (this.isRunning) this.advance(elapsed);
    const wasRunning = this.isRunning;
    // Each of them, not only up to the first that is not ready.
    const ready = this.people.map((person) => person.show(this.shown, wasRunning));
    this.waiting = !ready.every(Boolean);
    for (const person of this.people) {
      person.run(this.isRunning);
      if (this.isRunning) person.keepUp(this.at, this.rate);
    }
    if (this.at !== before || !this.isRunning) this.onChange();
  }

  private get isRunning(): boolean {
    return this.playing && !this.waiting;
  }

  /** At the very end the last picture goes on standing there. */
  private get shown(): number {
    return Math.min(this.at, this.seconds - 0.001);
  }

  private advance(elapsed: number): void {
    const leading = this.people.map((person) => person.position).find((position) => position !== null);
    // Never backwards: whoever leads may change.
    this.at = leading === undefined || leading === null ? this.at + elapsed * this.rate : Math.max(this.at, leading);
    if (this.at < this.seconds) return;
    this.at = this.seconds;
    this.playing = false;
  }
}
