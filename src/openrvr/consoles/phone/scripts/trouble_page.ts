// What is wrong, as a page in place of the step that she is at. It comes when it is needed: a phone without trouble loads
// none of it.
import type { Rung } from "#call/rungs";
import type { Trouble } from "#call/trouble";

/** "picture" is video without her sound: no rung, but a way to go on. */
export type Way = Rung | "picture";

export class TroublePage {
  private readonly pages = new Map<string, Promise<string>>();

  constructor(
    private readonly part: HTMLElement,
    private readonly url: string,
  ) {}

  /** She would rather go on another way. */
  onWay(handler: (way: Way) => void): void {
    this.part.addEventListener("click", (event) => {
      const pressed = (event.target as Element).closest<HTMLElement>("[data-way]");
      if (pressed) handler(pressed.dataset.way as Way);
    });
  }

  /** Fills it; false where the page could not be had: then the sentence alone has to do. */
  async show(trouble: Trouble): Promise<boolean> {
    const page = await this.fetch(trouble);
    if (page) this.part.innerHTML = page;
    return page !== "";
  }

  private fetch(trouble: Trouble): Promise<string> {
    const known = this.pages.get(trouble) ?? read(`${this.url}${trouble}`);
    this.pages.set(trouble, known);
    void known.then((page) => page || this.pages.delete(trouble));
    return known;
  }
}

async function read(url: string): Promise<string> {
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.text() : "";
  } catch {
    return "";
  }
}
