// The call's length drawn: a row for each person, what is missing hatched, what was marked as flags.
import type { Gap, PersonData, PlayerData } from "./player_data";

export class Timeline {
  private readonly needle = document.getElementById("needle")!;

  constructor(private readonly data: PlayerData) {
    for (const person of data.people) this.row(person.person).replaceChildren(...this.parts(person));
    this.row("markers").replaceChildren(...data.markers.map(({ at, words }) => this.flag(at, words)));
    this.point(0);
  }

  point(seconds: number): void {
    this.needle.style.left = this.share(seconds);
  }

  private row(name: string): HTMLElement {
    return document.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`)!;
  }

  private parts({ takes, gaps }: PersonData): HTMLElement[] {
    return [
      ...takes.map(({ since, until }) => this.part("player__take", since, until)),
      ...gaps.map((gap) => this.hatched(gap)),
    ];
  }

  private hatched({ since, until, label, words, isEverything }: Gap): HTMLElement {
    const part = this.part("player__gap", since, until);
    part.title = words;
    if (!isEverything) part.dataset.partial = "";
    const name = document.createElement("span");
    name.textContent = label;
    part.append(name);
    return part;
  }

  private part(name: string, since: number, until: number): HTMLElement {
    const part = document.createElement("div");
    part.className = name;
    part.style.left = this.share(since);
    part.style.width = this.share(Math.min(until, this.data.seconds) - since);
    return part;
  }

  private flag(at: number, words: string): HTMLElement {
    const flag = document.createElement("div");
    flag.className = "player__flag";
    flag.dataset.jump = String(at);
    flag.style.left = this.share(at);
    if (at > 0.8 * this.data.seconds) flag.dataset.side = "left";
    flag.title = words;
    const name = document.createElement("span");
    name.textContent = words;
    flag.append(name);
    return flag;
  }

  private share(seconds: number): string {
    return `${(100 * seconds) / Math.max(this.data.seconds, 0.001)}%`;
  }
}
