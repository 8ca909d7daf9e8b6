// The thread on a page of the staff's: drawn here and kept while the rest of the page is read again, so that nobody loses
// half a sentence. Enter sends.
import type { LiveStream } from "#kit/live";
import { playTone } from "#kit/sound";
import { clockOrDay } from "#kit/ticking";
import { serverNow } from "#kit/server_clock";

import { Thread, type Line, type Side } from "./thread";

/** What she writes, for whoever looks elsewhere on the page. */
export interface Written {
  newest: Line | null;
  isWriting: boolean;
}

interface About {
  reference: string;
  url: string;
  side: Side;
  replies: string[];
  tell: (written: Written) => void;
}

/** Milliseconds: her page says so again every three seconds. */
const isWritingFor = 5000;

class ChatPane {
  private readonly thread: Thread;
  private readonly list = make("ol", "kit-chat__list");
  private readonly log = make("div", "kit-chat__lines");
  private readonly field = make("textarea", "govuk-textarea kit-chat__field");
  private readonly unread = make("span", "kit-mark");
  private readonly writing = make("span", "kit-chat__writing");
  private readonly problem = make("p", "kit-chat__problem");
  private readonly closed = make("p", "kit-muted kit-chat__closed");
  private readonly foot = make("div", "kit-chat__foot");
  private readonly drawn = new Map<string, HTMLLIElement>();
  private readonly inSight: IntersectionObserver;
  private isInSight = false;
  private newest = 0;
  private writingUntil: ReturnType<typeof setTimeout> | undefined;
  private isWriting = false;

  constructor(
    readonly host: HTMLElement,
    readonly about: About,
  ) {
    this.thread = new Thread(about.url, ({ side }) => side !== "victim", {
      changed: () => this.draw(),
      refused: (words, sentence) => this.giveBack(words, sentence),
    });
    this.build();
    this.inSight = new IntersectionObserver(([entry]) => {
      this.isInSight = entry?.isIntersecting ?? false;
      this.noteShown();
    });
    this.inSight.observe(this.log);
    document.addEventListener("visibilitychange", this.noteShown);
    void this.thread.refresh();
  }

  stop(): void {
    this.thread.stop();
    this.inSight.disconnect();
    clearTimeout(this.writingUntil);
    document.removeEventListener("visibilitychange", this.noteShown);
  }

  /** The server has news of this thread. */
  refresh(): void {
    void this.thread.refresh();
  }

  sheWrites(): void {
    clearTimeout(this.writingUntil);
    this.writingUntil = setTimeout(() => this.showWriting(false), isWritingFor);
    this.showWriting(true);
  }

  private build(): void {
    const heading = make("h2", "kit-heading");
    heading.id = "chat-title";
    this.unread.dataset.tone = "risk";
    this.writing.setAttribute("role", "status");
    heading.append("Text");
    const head = make("div", "kit-chat__head");
    head.append(heading, this.unread, this.writing);
    this.log.setAttribute("role", "log");
    this.log.setAttribute("aria-labelledby", heading.id);
    this.log.tabIndex = 0;
    this.log.append(this.list);
    this.problem.setAttribute("role", "alert");
    this.foot.append(this.replies(), this.writeRow());
    this.host.replaceChildren(head, this.log, this.closed, this.problem, this.foot);
  }

  private replies(): HTMLElement {
    const row = make("div", "kit-chat__replies");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "Quick replies");
    for (const reply of this.about.replies) {
      const button = make("button", "kit-button");
      button.type = "button";
      button.textContent = reply;
      button.addEventListener("click", () => this.say(reply));
      row.append(button);
    }
    row.hidden = this.about.replies.length === 0;
    return row;
  }

  private writeRow(): HTMLElement {
    const { field } = this;
    field.id = "chat-words";
    field.rows = 1;
    field.maxLength = 1000;
    field.dir = "auto";
    field.autocomplete = "off";
    field.dataset.key = "w";
    field.setAttribute("aria-keyshortcuts", "w");
    field.addEventListener("keydown", (event) => this.onKey(event));
    field.addEventListener("input", () => (this.problem.textContent = ""));
    const label = make("label", "govuk-label");
    label.htmlFor = field.id;
    const key = make("kbd", "kit-key");
    key.setAttribute("aria-hidden", "true");
    key.textContent = "W";
    label.append("Write to her ", key);
    const send = make("button", "kit-button");
    send.type = "button";
    send.textContent = "Send";
    send.addEventListener("click", () => this.send());
    const row = make("div", "kit-chat__write");
    row.append(label, field, send);
    return row;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  private send(): void {
    const words = this.field.value.trim();
    this.field.focus({ preventScroll: true });
    if (!words) return;
    this.field.value = "";
    this.say(words);
  }

  private say(words: string): void {
    this.problem.textContent = "";
    this.thread.say(words);
  }

  private giveBack(words: string, sentence: string): void {
    this.field.value = [words, this.field.value].filter(Boolean).join(" ");
    this.draw();
    this.problem.textContent = sentence;
  }

  private draw(): void {
    const { lines, outgoing, closed, isThere } = this.thread;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    const receipt = lines.filter(({ side }) => side !== "victim").pop();
    this.place([
      ...lines.map((line) => this.item(line, line === receipt)),
      ...outgoing.map(({ key, words, isLate }) =>
        this.drawnAs(key, this.about.side, words, "", isLate ? "Not sent yet, trying again" : "Sending"),
      ),
    ]);
    this.closed.textContent = isThere ? closed : "";
    // Half a sentence stays in sight, whatever has ended.
    this.foot.hidden = !isThere || (closed !== "" && !this.field.value);
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
    this.tellNews();
    this.noteShown();
  }

  private item(line: Line, tellsReceipt: boolean): HTMLLIElement {
    const { id, key, side, who, words, at, earlier } = line;
    const clock = clockOrDay(Date.parse(at), serverNow());
    const receipt = !tellsReceipt ? "" : id <= this.thread.read ? ", read" : ", sent";
    return this.drawnAs(key, side, words, who ?? "", `${clock}${receipt}${earlier ? ", by an earlier link" : ""}`);
  }

  // What stands already stays as it is: a screen reader tells only what is new.
  private drawnAs(key: string, side: Side, words: string, who: string, under: string): HTMLLIElement {
    const made = this.drawn.get(key) ?? item(side, words, who);
    this.drawn.set(key, made);
    const small = made.querySelector("small")!;
    if (small.textContent !== under) small.textContent = under;
    return made;
  }

  private place(items: HTMLLIElement[]): void {
    for (const gone of Array.from(this.list.children)) if (!items.includes(gone as HTMLLIElement)) gone.remove();
    items.forEach((each, at) => {
      if (this.list.children[at] !== each) this.list.insertBefore(each, this.list.children[at] ?? null);
    });
  }

  private tellNews(): void {
    const hers = this.thread.lines.filter(({ side }) => side === "victim");
    const newest = hers[hers.length - 1] ?? null;
    const isNew = newest !== null && newest.id > this.newest;
    // What stood here when the page came is no news.
    if (isNew && this.newest) playTone("notice");
    if (isNew) this.showWriting(false);
    this.newest = newest?.id ?? (this.thread.isThere ? -1 : 0);
    const answered = this.thread.lines[this.thread.lines.length - 1]?.side === "officer";
    this.about.tell({ newest: answered ? null : newest, isWriting: this.isWriting });
  }

  private showWriting(isWriting: boolean): void {
    if (this.isWriting === isWriting) return;
    this.isWriting = isWriting;
    this.writing.textContent = isWriting ? "She is writing" : "";
    this.tellNews();
  }

  private readonly noteShown = (): void => {
    if (this.isInSight && document.visibilityState === "visible") this.thread.show();
    const words = this.thread.unread ? `${this.thread.unread} new` : "";
    if (this.unread.textContent !== words) this.unread.textContent = words;
    this.unread.hidden = !words;
  };
}

function item(side: Side, words: string, who: string): HTMLLIElement {
  const made = make("li", "kit-chat__line");
  made.dataset.side = side;
  const by = make("b", "");
  by.textContent = side === "victim" ? "She" : who || "You";
  const said = make("span", "kit-chat__said");
  said.dir = "auto";
  said.textContent = words;
  const small = make("small", "");
  small.setAttribute("aria-live", "off");
  made.append(by, " ", said, " ", small);
  return made;
}

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

/** Keeps the thread of whichever case the page shows in `#chat`; `tell` hears what she writes, null where no case is. */
export function startChat(live: LiveStream, tell: (written: Written | null) => void = () => undefined): void {
  let pane: ChatPane | null = null;
  const look = (): void => {
    const host = document.getElementById("chat");
    const reference = host?.dataset.kept;
    if (host === (pane?.host ?? null) && reference === pane?.about.reference) return;
    pane?.stop();
    pane = null;
    if (!host || !reference) return tell(null);
    const { url, side, replies } = host.dataset;
    pane = new ChatPane(host, {
      reference,
      url: url!,
      side: side as Side,
      replies: JSON.parse(replies ?? "[]") as string[],
      tell,
    });
  };
  const ofThis = ({ reference }: { reference?: string }): boolean => reference === pane?.about.reference;
  live.on("chat.said", (said) => ofThis(said) && pane?.refresh());
  live.on("chat.shown", (shown) => ofThis(shown) && pane?.refresh());
  live.on("chat.writing", (writing) => ofThis(writing) && pane?.sheWrites());
  // Whether anything can be written now is the case's to say.
  live.on("case.changed", (changed) => ofThis(changed as { reference: string }) && pane?.refresh());
  live.onResync(() => pane?.refresh());
  document.addEventListener("htmx:afterSwap", look);
  look();
}
