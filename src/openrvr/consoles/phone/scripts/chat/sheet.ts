// The text sheet: what she writes and what is written to her. Over the call it takes the place of the buttons, and the
// officer stays in sight; while she waits, and at the rung of text, it is the whole page. Nothing of it is kept on the phone.
import { Thread, type Line, type Side } from "#chat/thread";
import { clockTime } from "#kit/ticking";
import { _ } from "#kit/words";

import { element, onTap } from "../elements";
import { speak } from "../steps";
import { fitAboveKeyboard } from "./keyboard";

const sideWords: Record<Side, string> = {
  victim: _("You"),
  call_taker: _("The call-taker"),
  officer: _("The officer"),
};
const longest = 1000;
/** Letters left, from which on she is told how many. */
const nearlyFull = 100;

export class ChatSheet {
  private readonly thread: Thread;
  private readonly field = element<HTMLTextAreaElement>("chat-words");
  private readonly section = element("chat");
  private readonly main = element("main");
  private readonly drawn = new Map<string, HTMLLIElement>();
  private opener: HTMLElement | null = null;
  private isWhole = false;
  private wasLate = false;

  /** `onShown`: what was written to her is on her screen. */
  constructor(
    url: string,
    private readonly onShown: () => void,
  ) {
    this.thread = new Thread(url, ({ side }) => side === "victim", {
      changed: () => this.draw(),
      refused: (words, sentence) => this.giveBack(words, sentence),
    });
    onTap("chat-send", () => this.send());
    onTap("chat-close", () => this.close());
    this.field.addEventListener("input", () => this.onInput());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("visibilitychange", () => this.noteShown());
    const back = new MutationObserver(() => this.noteShown());
    back.observe(element("call"), { attributeFilter: ["data-sending"] });
    back.observe(this.section, { attributeFilter: ["inert"] });
    fitAboveKeyboard();
  }

  get isOpen(): boolean {
    return !this.section.hidden;
  }

  /** Open, and neither away for a photograph nor under her statement. */
  get isInSight(): boolean {
    return this.isOpen && !this.section.hasAttribute("inert") && this.section.getClientRects().length > 0;
  }

  open(opener: HTMLElement): void {
    this.opener = opener;
    this.appear();
    this.field.focus({ preventScroll: true });
  }

  /** The ladder is at text, or has left it: what she is writing stays open, over the call. */
  beWholePage(whole: boolean): void {
    if (this.isWhole === whole) return;
    this.isWhole = whole;
    if (whole && !this.isOpen) {
      this.appear();
      element("chat-title").focus({ preventScroll: true });
    } else if (!whole && !this.isInUse) this.close();
    this.fit();
  }

  refresh(): Promise<void> {
    return this.thread.refresh();
  }

  /** To the step that is on the screen. */
  fit(): void {
    const inCall = document.body.classList.contains("phone--call");
    const whole = this.isWhole || !inCall;
    if (this.isOpen) this.main.dataset.chat = whole ? "page" : "sheet";
    else delete this.main.dataset.chat;
    document.body.classList.toggle("phone--chat", this.isOpen);
    element("chat-title").textContent = inCall ? _("Write to the officer") : _("Write to the call-taker");
    element("chat-close").hidden = this.isWhole && inCall;
    this.scrollToEnd();
  }

  end(): void {
    this.thread.stop();
    this.field.blur();
    this.field.value = "";
    this.section.hidden = true;
    element("chat-list").replaceChildren();
    this.fit();
  }

  private get isInUse(): boolean {
    return this.field.value.trim() !== "" || document.activeElement === this.field;
  }

  private appear(): void {
    this.section.hidden = false;
    this.fit();
    void this.thread.refresh();
    this.draw();
  }

  private close(): void {
    this.section.hidden = true;
    this.fit();
    const back = this.opener?.getClientRects().length ? this.opener : visibleOpener();
    (back ?? this.main).focus({ preventScroll: true });
  }

  private onInput(): void {
    this.problem("");
    this.thread.tellWriting();
    this.grow();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && !element("chat-close").hidden) return this.close();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  private send(): void {
    const words = this.field.value.trim();
    // The keyboard stays, and with it the place where she writes.
    this.field.focus({ preventScroll: true });
    if (!words) return;
    this.field.value = "";
    this.grow();
    this.problem("");
    this.thread.say(words);
  }

  /** Not sent, and not lost. */
  private giveBack(words: string, sentence: string): void {
    this.field.value = [words, this.field.value].filter(Boolean).join(" ");
    this.grow();
    this.draw();
    this.problem(sentence);
  }

  private grow(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 4}px`;
    const left = longest - this.field.value.length;
    element("chat-left").textContent = left <= nearlyFull ? _("{} letters left", left) : "";
  }

  private draw(): void {
    const { lines, outgoing } = this.thread;
    element("chat-empty").hidden = lines.length + outgoing.length > 0;
    const wasAtEnd = this.isAtEnd();
    const receipt = lines.filter(({ side }) => side === "victim").pop();
    const items = [
      ...lines.map((line) => this.item(line.key, line.side, line.words, this.underLine(line, line === receipt))),
      ...outgoing.map(({ key, words, isLate }) =>
        this.item(key, "victim", words, isLate ? _("Not sent yet. Trying again.") : _("Sending")),
      ),
    ];
    this.place(items);
    if (wasAtEnd) this.scrollToEnd();
    this.tellLate(outgoing.some(({ isLate }) => isLate));
    this.noteShown();
  }

  private underLine({ id, at }: Line, tellsReceipt: boolean): string {
    const clock = clockTime(Date.parse(at));
    if (!tellsReceipt) return clock;
    return `${clock}, ${id <= this.thread.read ? _("Read") : _("Sent")}`;
  }

  // What stands already stays as it is: a screen reader tells only what is new.
  private item(key: string, side: Side, words: string, under: string): HTMLLIElement {
    const made = this.drawn.get(key) ?? line(side, words);
    this.drawn.set(key, made);
    const small = made.lastElementChild!;
    if (small.textContent !== under) small.textContent = under;
    return made;
  }

  private place(items: HTMLLIElement[]): void {
    const list = element("chat-list");
    for (const gone of Array.from(list.children)) if (!items.includes(gone as HTMLLIElement)) gone.remove();
    items.forEach((each, at) => list.children[at] === each || list.insertBefore(each, list.children[at] ?? null));
  }

  private isAtEnd(): boolean {
    const log = element("chat-lines");
    return log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  }

  private scrollToEnd(): void {
    const log = element("chat-lines");
    log.scrollTop = log.scrollHeight;
  }

  private noteShown(): void {
    if (!this.isInSight || document.visibilityState !== "visible") return;
    this.thread.show();
    this.onShown();
  }

  /** Once, however many lines wait and however often they are tried. */
  private tellLate(isLate: boolean): void {
    if (isLate && !this.wasLate) speak(_("Not sent yet. Trying again."));
    this.wasLate = isLate;
  }

  private problem(sentence: string): void {
    const words = element("chat-problem");
    if (words.textContent !== sentence) words.textContent = sentence;
  }
}

function line(side: Side, words: string): HTMLLIElement {
  const made = document.createElement("li");
  made.dataset.from = side === "victim" ? "me" : "them";
  const who = Object.assign(document.createElement("span"), { className: "phone-chat__who", textContent: sideWords[side] });
  const said = Object.assign(document.createElement("p"), { dir: "auto", textContent: words });
  const small = document.createElement("small");
  // "Sent" and "Read" are for the eye: read out, each would talk over what is written to her.
  small.setAttribute("aria-live", "off");
  made.append(who, said, small);
  return made;
}

const visibleOpener = (): HTMLElement | undefined =>
  Array.from(document.querySelectorAll<HTMLElement>("[data-opens-chat]")).find((each) => each.getClientRects().length > 0);
