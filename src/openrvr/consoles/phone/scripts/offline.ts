// Without a connection the page says so, keeps what it has, and goes on by itself. In the call its own words are enough.
import type { LiveStream } from "#kit/live";

import { announce, stepShown } from "./steps";
import type { TroublePage } from "./trouble_page";

/** A stream that is renewed, or a server that starts anew, is back sooner. Milliseconds. */
const patience = 4000;

export class Offline {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly live: LiveStream,
    private readonly page: TroublePage,
    private readonly section: HTMLElement,
  ) {
    live.onState(() => this.look());
    // Known at once on most phones, without waiting for a silence.
    for (const change of ["online", "offline"]) addEventListener(change, () => this.look());
  }

  private look(): void {
    clearTimeout(this.timer);
    if (this.live.state !== "trying") {
      this.show(false);
      // Nothing could fetch it when it is needed.
      void this.page.fetch("offline");
    } else this.timer = setTimeout(() => void this.tell(), navigator.onLine ? patience : 0);
  }

  private async tell(): Promise<void> {
    const step = stepShown();
    if (step !== "check_in" && step !== "waiting") return;
    if (await this.page.show("offline", this.section)) this.show(this.live.state === "trying");
  }

  private show(shown: boolean): void {
    if (this.section.hidden !== shown) return;
    this.section.hidden = !shown;
    document.body.toggleAttribute("data-offline", shown);
    announce();
  }
}
