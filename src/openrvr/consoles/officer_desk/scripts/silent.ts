// What she tells without a sound, over the picture: an alarm, and whether anyone can hear her. Nothing here makes a sound:
// her phone would hear it from a loudspeaker.
import { post, RequestRefused, wait } from "#kit/http";
import { say, speak } from "#kit/notices";
import { clockWithSeconds } from "#kit/ticking";

import type { DeskUrls, SilentState } from "./state";
import type { Word } from "./words";

const tryAgain = 500;

export class Silent {
  private readonly button = document.getElementById("ask-hearing") as HTMLButtonElement;
  private call = "";
  private state: SilentState = { alarm: null, hearing: null };
  /** Presses that came with a beat of the call, and the server does not have yet. */
  private readonly relaying = new Set<string>();

  constructor(
    private readonly urls: DeskUrls,
    private readonly onChange: () => void,
  ) {
    this.button.addEventListener("click", () => void this.ask());
  }

  /** The call that she can be asked in; "" for none. */
  use(call: string): void {
    this.call = call;
    this.button.disabled = !call;
  }

  show(state: SilentState): void {
    this.state = state;
    this.onChange();
  }

  get isAlarmed(): boolean {
    return this.state.alarm !== null || this.relaying.size > 0;
  }

  get words(): Word[] {
    return [...this.alarmWords(), ...this.hearingWords()];
  }

  private alarmWords(): Word[] {
    if (!this.isAlarmed) return [];
    const at = this.state.alarm ? ` at ${clockWithSeconds(Date.parse(this.state.alarm))}` : "";
    return [{ text: `SILENT ALARM${at}. F8 sends a patrol. Do not speak of it.`, tone: "danger" }];
  }

  private hearingWords(): Word[] {
    const { hearing } = this.state;
    if (!hearing) return [];
    const { asked, answered, words, tone } = hearing;
    const at = clockWithSeconds(Date.parse(answered ?? asked));
    if (!answered) return [{ text: `Can anyone hear her? Asked ${at}, no answer yet` }];
    return [{ text: `${words}, she says (${at})`, ...(tone === "risk" || tone === "danger" ? { tone } : {}) }];
  }

  /** Her alarm came with a beat: her own way to the server is cut off. It is brought there until the server has it. */
  relay(key: string): void {
    if (this.relaying.has(key)) return;
    this.relaying.add(key);
    this.onChange();
    void this.bring(this.call, key);
  }

  private async bring(call: string, key: string): Promise<void> {
    for (;;) {
      try {
        await post(`${this.urls.calls}${call}/alarm`, { key }, { tries: 1 });
        break;
      } catch (problem) {
        if (problem instanceof RequestRefused && [400, 404, 409].includes(problem.status)) break;
        await wait(tryAgain);
      }
    }
    this.relaying.delete(key);
    this.onChange();
  }

  private async ask(): Promise<void> {
    const { call, button } = this;
    if (!call || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await post(`${this.urls.calls}${call}/hearing`, {});
      speak("Asked on her screen.");
    } catch (problem) {
      say(`She was not asked: ${problem instanceof Error ? problem.message : String(problem)}`);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }
}
