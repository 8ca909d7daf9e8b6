// Without a connection the page says so, keeps what it has, and goes on by itself. In the call its own words are enough.
import type { LiveStream } from "#kit/live";

import { announce, stepShown } from "./steps";

/** A stream that is renewed, or a server that starts anew, is back sooner. Milliseconds. */
const patience = 4000;

export class Offline {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly live: LiveStream,
    private readonly section: HTMLElement,
  ) {
    live.onState(() => this.look());
    // Known at once on most phones, without waiting for a silence.
    for (const change of ["online", "offline"]) addEventListener(change, () => this.look());
  }

  private look(): void {
    clearTimeout(this.timer);
    if (this.live.state !== "trying") this.show(false);
    else this.timer = setTimeout(() => this.tell(), navigator.onLine ? patience : 0);
  }

  private tell(): void {
    const step = stepShown();
    if (step === "check_in" || step === "waiting") this.show(true);
  }

  private show(shown: boolean): void {
    if (this.section.hidden !== shown) return;
    this.section.hidden = !shown;
    document.body.toggleAttribute("data-offline", shown);
    announce();
  }
}
