// The page of an exhibit. Where it is the recording of a call: pictures and sound in step, and the places to jump to.
import { startConsolePage } from "#kit/console_page";
import { speak } from "#kit/notices";
import { clockWithSeconds } from "#kit/ticking";

import { makeCopies } from "./copy_making";
import { PersonPlayer } from "./person_player";
import { Playback } from "./playback";
import { positionWords, readPageData, type PlayerData } from "./player_data";
import { Timeline } from "./timeline";

const skip = 5;
/** Seconds: `p` pressed while it plays leads to the one before, not always to the same. */
const justPassed = 1.5;
const notFetched = "Press Play or Space. That it is played is noted in the custody log.";

const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;

class PlayerPage {
  private readonly people: PersonPlayer[];
  private readonly playback: Playback;
  private readonly timeline: Timeline;
  private readonly position = byId<HTMLInputElement>("position");
  private readonly moments = Array.from(document.querySelectorAll<HTMLButtonElement>(".player__moment"));
  private readonly began: number;

  constructor(data: PlayerData) {
    this.began = Date.parse(data.began);
    this.people = data.people.map((person) => new PersonPlayer(person, figureOf(person.person)));
    this.playback = new Playback(data.seconds, this.people, () => this.draw());
    this.timeline = new Timeline(data);
    byId("clock-length").textContent = positionWords(data.seconds);
    this.people[0]?.say(notFetched);
    this.listen();
    this.draw();
  }

  /** There is more to play. */
  refresh(): void {
    this.playback.refresh();
  }

  private listen(): void {
    const { playback, position } = this;
    const press = (id: string, act: () => void): void => byId(id).addEventListener("click", act);
    press("play", () => this.toggle());
    press("back", () => this.step(-skip));
    press("ahead", () => this.step(skip));
    press("previous", () => this.jumpTo(this.before()));
    press("next", () => this.jumpTo(this.after()));
    press("swap", () => this.swap());
    position.addEventListener("input", () => playback.seek(Number(position.value)));
    // On the slider, Space is nobody's: it plays there too.
    position.addEventListener("keydown", (event) => {
      if (event.key === " ") this.toggle();
      const second = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!second) return;
      event.preventDefault();
      playback.seek(playback.position + second);
    });
    // Enter jumps to a moment; Space plays, wherever the focus is.
    for (const moment of this.moments) {
      for (const kind of ["keydown", "keyup"] as const) {
        moment.addEventListener(kind, (event) => {
          if (event.key !== " ") return;
          event.preventDefault();
          if (kind === "keydown" && !event.repeat) this.toggle();
        });
      }
    }
    document.addEventListener("click", (event) => this.onClick(event));
    // A button that was clicked would keep the focus, and Space would press it again instead of playing.
    byId("stage").closest(".player")!.addEventListener("mousedown", (event) => {
      if ((event.target as Element).closest("button")) event.preventDefault();
    });
    for (const sound of document.querySelectorAll<HTMLElement>("[data-sound]")) this.listenToSound(sound);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const place = target.closest<HTMLElement>("[data-jump]");
    if (place) return this.jumpTo(this.moments.find(({ dataset }) => dataset.jump === place.dataset.jump));
    const speed = target.closest<HTMLElement>("[data-speed]");
    if (speed) return this.choose(speed);
    const figure = target.closest<HTMLElement>(".player__person");
    if (figure?.dataset.place === "small") this.enlarge(figure);
    else if (figure) this.toggle();
  }

  private toggle(): void {
    this.playback.toggle();
    if (!this.playback.isPlaying) speak(`Paused at ${positionWords(this.playback.position)}`);
  }

  private step(seconds: number): void {
    this.playback.seek(this.playback.position + seconds);
    // While it plays, the sound says where it is.
    if (!this.playback.isPlaying) speak(positionWords(this.playback.position));
  }

  private jumpTo(moment: HTMLElement | undefined): void {
    if (!moment) return;
    this.playback.seek(Number(moment.dataset.jump));
    speak(moment.innerText);
  }

  private before(): HTMLElement | undefined {
    const limit = this.playback.position - (this.playback.isPlaying ? justPassed : 0.01);
    return this.moments.filter((each) => Number(each.dataset.jump) < limit).pop();
  }

  private after(): HTMLElement | undefined {
    return this.moments.find((each) => Number(each.dataset.jump) > this.playback.position + 0.01);
  }

  private choose(pressed: HTMLElement): void {
    for (const each of document.querySelectorAll("[data-speed]")) {
      each.setAttribute("aria-pressed", String(each === pressed));
    }
    this.playback.speed = Number(pressed.dataset.speed);
  }

  private swap(): void {
    const figures = this.people.map(({ figure }) => figure);
    const next = (figures.findIndex(({ dataset }) => dataset.place === "large") + 1) % figures.length;
    this.enlarge(figures[next]!);
  }

  private enlarge(wanted: HTMLElement): void {
    for (const { figure } of this.people) figure.dataset.place = figure === wanted ? "large" : "small";
    speak(`${wanted.querySelector("figcaption")!.textContent}: large picture`);
  }

  private listenToSound(sound: HTMLElement): void {
    const { video } = this.people.find(({ data }) => data.person === sound.dataset.sound)!;
    const mute = sound.querySelector<HTMLElement>("[data-mute]")!;
    const volume = sound.querySelector<HTMLInputElement>("[data-volume]")!;
    mute.addEventListener("click", () => {
      video.muted = !video.muted;
      mute.setAttribute("aria-pressed", String(video.muted));
    });
    volume.addEventListener("input", () => (video.volume = Number(volume.value) / 100));
    // The arrows are the slider's own while it has the focus.
    volume.addEventListener("keydown", (event) => event.key.startsWith("Arrow") && event.stopPropagation());
  }

  private draw(): void {
    const { position: at, isPlaying } = this.playback;
    const [call, clock] = [positionWords(at), clockWithSeconds(this.began + at * 1000)];
    set(byId("clock-call"), call);
    set(byId("clock-force"), clock);
    set(byId("play").querySelector("span")!, isPlaying ? "Pause" : "Play");
    this.position.value = String(at);
    this.position.setAttribute("aria-valuetext", `${call}, ${clock}`);
    this.timeline.point(at);
    const here = this.moments.filter((each) => Number(each.dataset.jump) <= at + 0.01).pop();
    for (const each of this.moments) {
      if (each === here) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  }
}

const figureOf = (person: string): HTMLElement =>
  document.querySelector<HTMLElement>(`.player__person[data-person="${CSS.escape(person)}"]`)!;

function set(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

startConsolePage();
const page = readPageData();
if (page) {
  const player = new PlayerPage(page.player);
  void makeCopies(page.copies, page.player.people.flatMap(({ takes }) => takes), () => player.refresh());
}
