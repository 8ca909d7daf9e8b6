// Parts of a page that are read again when something changed: in place, one request at a time, and one more for what
// changed meanwhile. htmx's own triggers are not used for it: they forget what is queued when an answer changes the
// attributes of the element that waits.
import htmx from "htmx.org";

import type { LiveStream } from "./live";

interface PaneOptions {
  url: () => string;
  swap: "morph" | "morph:innerHTML";
  /** Done when it is time to read: what else changes until then is read with it. */
  ready: () => Promise<unknown>;
}

const panes = new Map<string, Pane>();

export class Pane {
  private reading: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly id: string,
    private readonly options: PaneOptions,
  ) {
    panes.set(id, this);
  }

  /** Done when the page shows what is true now. */
  refresh(): Promise<void> {
    this.again = true;
    this.reading ??= this.read().finally(() => (this.reading = null));
    return this.reading;
  }

  private async read(): Promise<void> {
    const { url, swap, ready } = this.options;
    while (this.again) {
      await ready();
      this.again = false;
      const pane = document.getElementById(this.id)!;
      // Each pane is the source of its own requests: htmx drops what two of them ask for in one name.
      await htmx.ajax("get", url(), { source: pane, target: pane, swap }).catch(() => undefined);
    }
  }
}

/** Reads one pane again; a place that is none stays as it is. */
export function refresh(id: string): void {
  void panes.get(id)?.refresh();
}

/**
 * Panes as the markup declares them: `data-read` is the address, `data-read-on` the kinds of news (`*`: all),
 * `data-patience` the milliseconds for which news is gathered: with 250, what an officer's answer brings about is read
 * once, and not while his call is being joined. After a reconnection every pane is read.
 */
export function startPanes(live: LiveStream | null): void {
  for (const { id, dataset } of document.querySelectorAll<HTMLElement>("[data-read]")) {
    const patience = Number(dataset.patience ?? 0);
    const ready = (): Promise<unknown> => new Promise((done) => setTimeout(done, patience));
    const url = (): string => document.getElementById(id)!.dataset.read!;
    const pane = new Pane(id, { url, swap: "morph", ready });
    const kinds = dataset.readOn?.split(" ") ?? [];
    live?.onMessage(({ kind }) => (kinds.includes(kind) || kinds.includes("*")) && void pane.refresh());
  }
  live?.onResync(() => panes.forEach((pane) => void pane.refresh()));
}
