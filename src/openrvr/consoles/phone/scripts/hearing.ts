// "Can anyone hear you?": asked on the waiting page, and in the call whenever the officer asks. One tap answers, without a
// sound; the page does not wait for the server to show it.
import { deliver } from "./delivered";
import { element } from "./elements";
import { speak } from "./steps";

export interface HearingQuestion {
  question: number;
  /** What she tapped last; "" for nothing yet. */
  answer: string;
}

declare module "#kit/live" {
  interface LiveKinds {
    "hearing.asked": { call: string; question: number };
  }
}

export class Hearing {
  private asked: HearingQuestion | null = null;
  private inCall = false;
  /** What she tapped here: the server may not know it yet when it tells where she is. */
  private readonly tapped = new Map<number, string>();
  private sending: Promise<void> = Promise.resolve();
  private before: Element | null = null;
  private readonly sheet = element("hearing");

  constructor(private readonly url: string) {
    for (const button of document.querySelectorAll<HTMLElement>("[data-hears]")) {
      button.addEventListener("click", () => this.answer(button.dataset.hears!));
    }
  }

  /** A question of the waiting page, or, `inCall`, the officer's. */
  show(asked: HearingQuestion | null, inCall: boolean): void {
    this.inCall = inCall;
    this.asked = asked && { ...asked, answer: this.tapped.get(asked.question) ?? asked.answer };
    element("hearing-at-start").hidden = !asked;
    for (const button of document.querySelectorAll<HTMLElement>("#hearing-at-start [data-hears]")) {
      button.setAttribute("aria-pressed", String(button.dataset.hears === this.asked?.answer));
    }
    this.showSheet(inCall && this.asked?.answer === "");
  }

  private showSheet(wanted: boolean): void {
    if (this.sheet.hidden === !wanted) return;
    this.sheet.hidden = !wanted;
    const held = document.activeElement;
    if (wanted) {
      this.before = held;
      const title = element("hearing-title");
      // Whoever is writing goes on writing.
      if (held?.matches("input, textarea")) speak(title.innerText);
      else title.focus({ preventScroll: true });
    } else if (this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }

  private answer(answer: string): void {
    const { asked } = this;
    if (!asked) return;
    this.tapped.set(asked.question, answer);
    this.show({ ...asked, answer }, this.inCall);
    const body = { question: asked.question, answer };
    // One after the other: the last that she tapped is the last that arrives.
    this.sending = this.sending.then(() => deliver(this.url, () => body));
  }
}
