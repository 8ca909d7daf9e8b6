// One person's picture: the take that belongs to a moment of the call, held to the clock; in a gap, words.
import type { Gap, PersonData, Take } from "./player_data";

/** Seconds: a picture that is held stands exactly here. */
const exact = 0.03;
/** Seconds: what runs is brought back by its speed; further off it is set anew, and the others wait for it. */
const near = 0.04;
const far = 0.5;
/** How much faster or slower it runs then, at the most. */
const nudge = 0.2;
/** Seconds before the end of a file where nothing more needs to have been fetched. */
const tail = 0.5;

const words = {
  making: "This part is being made ready to be played.",
  nothing: "Nothing can be played of this part: too little of it was kept.",
  broken: "This part cannot be played here.",
  noPicture: "Sound only.",
};

export class PersonPlayer {
  readonly video: HTMLVideoElement;
  private readonly line: HTMLElement;
  private take: Take | null = null;
  private loaded = "";
  private readonly broken = new Set<string>();

  constructor(
    readonly data: PersonData,
    readonly figure: HTMLElement,
  ) {
    this.video = figure.querySelector("video")!;
    this.line = figure.querySelector(".player__words")!;
    this.video.addEventListener("error", () => {
      if (this.loaded) this.broken.add(this.loaded);
    });
  }

  /** Shows the moment `at`; true once the picture stands there, or there is none. */
  show(at: number, isRunning: boolean): boolean {
    const take = this.data.takes.find(({ since, until }) => since <= at && at < until) ?? null;
    this.say(this.wordsFor(at, take));
    if (!take?.url || this.broken.has(take.url)) {
      this.clear();
      return true;
    }
    this.load(take, take.url, at - take.since);
    return isRunning ? this.follows(at - take.since) : this.stands(at - take.since);
  }

  /** Seconds on the clock of the call, by what is really shown; null where nothing runs. */
  get position(): number | null {
    if (!this.take || this.video.paused || this.video.ended || this.video.seeking) return null;
    return this.take.since + this.video.currentTime;
  }

  run(isRunning: boolean): void {
    const { video } = this;
    if (!isRunning || !this.take || this.isAtEnd) {
      if (!video.paused) video.pause();
    } else if (video.paused) void video.play().catch(() => undefined);
  }

  /** Runs a little faster or slower than `rate`, to where the clock is. */
  keepUp(at: number, rate: number): void {
    if (!this.take) return;
    const ahead = this.take.since + this.video.currentTime - at;
    const correction = Math.abs(ahead) < near ? 0 : Math.max(-nudge, Math.min(nudge, ahead));
    const wanted = rate * (1 - correction);
    if (Math.abs(this.video.playbackRate - wanted) > 0.01) this.video.playbackRate = wanted;
  }

  private wordsFor(at: number, take: Take | null): string {
    const gap = this.gapAt(at);
    if (gap) return `${gap.words}.`;
    if (!take) return "";
    if (!take.url) return take.isBeingMade ? words.making : words.nothing;
    if (this.broken.has(take.url)) return words.broken;
    return take.hasPicture ? "" : words.noPicture;
  }

  private gapAt(at: number): Gap | undefined {
    const here = this.data.gaps.filter(({ since, until }) => since <= at && at < until);
    return here.find(({ isEverything }) => isEverything) ?? here[0];
  }

  say(sentence: string): void {
    if (this.line.textContent !== sentence) this.line.textContent = sentence;
  }

  private clear(): void {
    if (!this.take) return;
    this.take = null;
    this.video.pause();
    this.figure.dataset.empty = "";
  }

  private load(take: Take, url: string, wanted: number): void {
    const { video } = this;
    this.take = take;
    delete this.figure.dataset.empty;
    video.dataset.since = String(take.since);
    if (this.loaded === url) return;
    this.loaded = url;
    video.replaceChildren(...captionsOf(take));
    video.src = url;
    video.currentTime = Math.max(0, wanted);
  }

  private get end(): number {
    return Number.isFinite(this.video.duration) ? Math.max(0, this.video.duration - 0.05) : Infinity;
  }

  private get isAtEnd(): boolean {
    return this.video.ended || this.video.currentTime >= this.end;
  }

  private stands(wanted: number): boolean {
    const { video } = this;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) return false;
    const target = Math.min(wanted, this.end);
    if (Math.abs(video.currentTime - target) > exact) {
      if (!video.seeking) video.currentTime = target;
      return false;
    }
    return !video.seeking && this.isFetched;
  }

  private follows(wanted: number): boolean {
    const { video } = this;
    if (this.isAtEnd && wanted >= video.currentTime) return true;
    return !video.seeking && this.isFetched && Math.abs(video.currentTime - wanted) < far;
  }

  private get isFetched(): boolean {
    const { video } = this;
    const isTail = video.duration - video.currentTime < tail;
    return video.readyState >= (isTail ? HTMLMediaElement.HAVE_CURRENT_DATA : HTMLMediaElement.HAVE_FUTURE_DATA);
  }
}

function captionsOf({ captions }: Take): HTMLTrackElement[] {
  if (!captions) return [];
  const track = document.createElement("track");
  track.kind = "captions";
  track.label = "Captions";
  track.src = captions;
  track.default = true;
  return [track];
}
