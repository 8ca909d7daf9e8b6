// Whoever else is in the call, each with a picture and a name. A sign language interpreter's is the large one.
import { show } from "./camera";
import type { MediaPlane, Other, Person, PlaneState } from "./plane";

/** What can be done about somebody. */
export interface TileAct {
  label: string;
  act: (other: Other) => void;
}

export interface TileWords {
  /** Who it is. */
  of: (other: Other) => string;
  /** How they are connected; "" where there is nothing to say. */
  state: (state: PlaneState) => string;
}

export class Tiles {
  private plane: MediaPlane | null = null;

  constructor(
    private readonly list: HTMLElement,
    /** Says which of the pictures is large: by `data-signing` while somebody signs. */
    private readonly frame: HTMLElement,
    private readonly words: TileWords,
    /** The large picture: where it has no sound, none of these has; when it plays again, so do these. */
    private readonly large: HTMLVideoElement,
    private readonly acts?: TileAct,
  ) {
    large.addEventListener("volumechange", () => this.each((video) => (video.muted = large.muted)));
    large.addEventListener("play", () => this.each((video) => void video.play().catch(() => undefined)));
  }

  /** Shows whoever is in this call besides the one that the page is about. */
  follow(plane: MediaPlane): void {
    if (this.plane === plane) return;
    this.clear();
    this.plane = plane;
    plane.onGuest((person) => this.plane === plane && this.add(person));
    // Whoever takes the call over is the large one from then on.
    plane.main.onState(() => this.plane === plane && this.remove(plane.main.other.seat));
  }

  clear(): void {
    this.plane = null;
    this.list.replaceChildren();
    this.lay();
  }

  private add(person: Person): void {
    const { other } = person;
    const tile = document.createElement("li");
    tile.className = "call-tile";
    tile.dataset.seat = other.seat;
    if (other.kind) tile.dataset.kind = other.kind;
    const state = document.createElement("span");
    const name = document.createElement("p");
    name.append(Object.assign(document.createElement("bdi"), { textContent: this.words.of(other) }), " ", state);
    if (!other.listens) tile.append(this.picture(person));
    tile.append(name);
    if (this.acts && other.role === "guest") tile.append(this.button(this.acts, other));
    this.list.append(tile);
    const say = (now: PlaneState): void => {
      if (now === "ended") tile.remove();
      else state.textContent = this.words.state(now);
      this.lay();
    };
    person.onState(say);
    say(person.state);
  }

  private remove(seat: string): void {
    for (const tile of this.list.querySelectorAll<HTMLElement>(".call-tile")) if (tile.dataset.seat === seat) tile.remove();
    this.lay();
  }

  private picture(person: Person): HTMLVideoElement {
    const video = document.createElement("video");
    video.autoplay = true;
    video.playsInline = true;
    video.setAttribute("aria-hidden", "true");
    video.muted = this.large.muted;
    person.onRemote((stream) => void show(video, stream));
    return video;
  }

  private button({ label, act }: TileAct, other: Other): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", `${label}: ${other.name}`);
    button.addEventListener("click", () => act(other));
    return button;
  }

  private each(act: (video: HTMLVideoElement) => void): void {
    for (const video of this.list.querySelectorAll("video")) act(video);
  }

  private lay(): void {
    const signing = this.list.querySelector("[data-kind='sign_language']") !== null;
    if (signing) this.frame.dataset.signing = "";
    else delete this.frame.dataset.signing;
  }
}
