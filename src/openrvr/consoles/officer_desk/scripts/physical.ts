// One press asks for a patrol; until a person in the control room has it, the desk says so in words.
import { post, RequestRefused } from "#kit/http";
import { say } from "#kit/notices";

import type { DeskState, DeskUrls, Physical } from "./state";

const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export class PhysicalResponse {
  private readonly button = document.getElementById("ask-physical") as HTMLButtonElement;
  private readonly words = document.getElementById("physical-words")!;
  private reference = "";

  constructor(
    private readonly urls: DeskUrls,
    private readonly onAsked: (state: DeskState) => void,
  ) {
    this.button.addEventListener("click", () => void this.ask());
  }

  show(reference: string, physical: Physical | null): void {
    this.reference = reference;
    this.button.disabled = !reference;
    this.rest(physical?.acknowledged === null);
    const sentence = wordsFor(physical);
    this.words.dataset.state = physical ? (physical.acknowledged ? "acknowledged" : "asked") : "none";
    if (this.words.textContent !== sentence) this.words.textContent = sentence;
  }

  // Not `disabled`, once it has been pressed: that would take the focus away from whoever pressed it.
  private rest(resting: boolean): void {
    if (resting) this.button.setAttribute("aria-disabled", "true");
    else this.button.removeAttribute("aria-disabled");
  }

  private async ask(): Promise<void> {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.rest(true);
    this.words.dataset.state = "asked";
    this.words.textContent = "Asking the control room";
    try {
      const url = `${this.urls.cases}${this.reference}/physical`;
      // Tried for as long as it takes: an officer who has pressed must not have to press again.
      this.onAsked(await post<DeskState>(url, {}, { tries: 20 }));
    } catch (problem) {
      this.show(this.reference, null);
      say(`${problem instanceof RequestRefused ? problem.message : "The server did not answer."} Ring the control room now.`);
    }
  }
}

function wordsFor(physical: Physical | null): string {
  if (!physical) return "";
  const asked = seconds.format(Date.parse(physical.asked));
  const quietly = physical.covert ? ". She asked without a sound: do not speak of it" : "";
  if (!physical.acknowledged) return `Asked ${asked}: the control room has NOT acknowledged yet${quietly}`;
  return `Asked ${asked}, acknowledged by ${physical.by} ${seconds.format(Date.parse(physical.acknowledged))}${quietly}`;
}
