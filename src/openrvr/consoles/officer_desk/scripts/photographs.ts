// One press asks her for a photograph. What becomes of it stands in the case, which is read again when it changes.
import { post } from "#kit/http";
import { say, speak } from "#kit/notices";

import type { DeskUrls } from "./state";

export class Photographs {
  private readonly button = document.getElementById("ask-photograph") as HTMLButtonElement;
  private call = "";
  private wasAsked = false;

  constructor(private readonly urls: DeskUrls) {
    this.button.addEventListener("click", () => void this.ask());
  }

  /** In this call she can be asked; "" for none. */
  use(call: string): void {
    if (this.call !== call) this.wasAsked = false;
    this.call = call;
    this.button.disabled = !call;
  }

  private async ask(): Promise<void> {
    const { call, button } = this;
    if (!call || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await post(`${this.urls.calls}${call}/photograph`, {});
      // The first time the case says so itself.
      if (this.wasAsked) speak("She has been asked for a photograph.");
      this.wasAsked = true;
    } catch (problem) {
      say(`She was not asked: ${problem instanceof Error ? problem.message : String(problem)}`);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }
}
