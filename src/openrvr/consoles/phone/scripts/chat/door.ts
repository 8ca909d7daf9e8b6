// The way to the text sheet: its script is fetched when she, the staff or the ladder first wants it. Until then a phone
// loads none of it. What is written to her shows in words at once, wherever she is: without a sound, ever.
import type { LiveStream } from "#kit/live";
import { _ } from "#kit/words";

import { element } from "../elements";
import { onRung, rungNow } from "../rungs";
import { stepShown } from "../steps";
import { fetchedLater } from "../written_in";
import type { ChatSheet } from "./sheet";

type Side = "victim" | "call_taker" | "officer";

export interface ChatNews {
  /** How many lines to her have not been on her screen. */
  unread: number;
  newest: { id: number; side: Side; words: string } | null;
}

export class ChatDoor {
  private fetching: Promise<ChatSheet> | null = null;
  private sheet: ChatSheet | null = null;
  private told = 0;
  private over = false;

  /** `url` ends with a stroke; `onNews` reads the page's state again. */
  constructor(
    private readonly url: string,
    private readonly onNews: () => void,
  ) {
    for (const button of openers()) button.addEventListener("click", () => void this.open(button));
    onRung(() => this.follow());
  }

  listen(live: LiveStream): void {
    live.on("chat.said", ({ side }) => {
      void this.sheet?.refresh();
      if (side !== "victim") this.onNews();
    });
    live.on("chat.shown", () => void this.sheet?.refresh());
    live.onResync(() => void this.sheet?.refresh());
  }

  /** What the server knows to be unread: told over whatever she sees, unless the sheet itself is in sight. */
  adopt({ unread, newest }: ChatNews): void {
    if (!newest || newest.id <= this.told || this.sheet?.isInSight) return;
    this.told = newest.id;
    const who = newest.side === "officer" ? _("The officer writes:") : _("The call-taker writes:");
    this.tell(`${who} ${newest.words}`, unread);
  }

  /** To the step and the rung that she is on: at text it is the whole of the call, by itself. */
  follow(): void {
    this.sheet?.fit();
    void this.showAsPage(stepShown() === "call" && rungNow() === "text");
  }

  end(): void {
    this.over = true;
    this.tell("", 0);
    this.sheet?.end();
  }

  private async showAsPage(whole: boolean): Promise<void> {
    if (!whole && !this.fetching) return;
    const sheet = await this.fetched();
    if (this.over) return;
    sheet.beWholePage(whole);
  }

  private async open(by: HTMLElement): Promise<void> {
    by.setAttribute("aria-busy", "true");
    const sheet = await this.fetched();
    by.removeAttribute("aria-busy");
    if (this.over) return;
    sheet.open(by);
  }

  private tell(sentence: string, unread: number): void {
    for (const news of document.querySelectorAll<HTMLElement>("[data-chat-news]")) news.textContent = sentence;
    for (const button of openers()) button.querySelector<HTMLElement>("[data-count]")!.textContent = unread ? String(unread) : "";
  }

  private fetched(): Promise<ChatSheet> {
    this.fetching ??= this.fetch();
    return this.fetching;
  }

  private async fetch(): Promise<ChatSheet> {
    const { ChatSheet } = await fetchedLater<typeof import("./sheet")>(element("chat").dataset.script!);
    return (this.sheet = new ChatSheet(this.url, () => this.tell("", 0)));
  }
}

const openers = (): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>("[data-opens-chat]");
