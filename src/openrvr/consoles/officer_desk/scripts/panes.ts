// The two sides of the desk, read again when something changed: in place, one request at a time, never too often.
import htmx from "htmx.org";

export class Pane {
  private reading: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly id: string,
    private readonly url: () => string,
    private readonly quiet: () => Promise<unknown>,
  ) {}

  /** Done when the page shows what is true now: what changes while a request is on its way is read by one more. */
  refresh(): Promise<void> {
    this.again = true;
    this.reading ??= this.read().finally(() => (this.reading = null));
    return this.reading;
  }

  private async read(): Promise<void> {
    while (this.again) {
      await this.quiet();
      this.again = false;
      const pane = document.getElementById(this.id)!;
      // Each pane is the source of its own requests: htmx drops what two of them ask for in one name.
      const context = { source: pane, target: pane, swap: "morph:innerHTML" };
      await htmx.ajax("get", this.url(), context).catch(() => undefined);
    }
  }
}

/** A choice that has been made and not yet sent must outlive a refresh of what stands around it. */
export function keepUnsentChoices(): void {
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    if (field.closest("form[hx-post]")) field.toggleAttribute("data-unsaved", true);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = (event.target as HTMLElement).closest("form") ?? requestingForm(event);
    for (const field of form?.querySelectorAll("[data-unsaved]") ?? []) field.removeAttribute("data-unsaved");
  });
}

function requestingForm(event: Event): HTMLFormElement | null {
  const { requestConfig } = (event as CustomEvent<{ requestConfig?: { elt?: Element } }>).detail;
  return requestConfig?.elt?.closest("form[hx-post]") ?? null;
}

const longestWait = 4000;

/** A case is closed with what is on the screen: a field that is still on its way to the server goes first. */
export function saveBeforeClosing(): void {
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, issueRequest } = (event as CustomEvent<{ elt: Element; issueRequest: (skip: boolean) => void }>).detail;
    if (elt.id !== "close-case" || !hasUnsaved()) return;
    event.preventDefault();
    const since = performance.now();
    const look = (): void => {
      if (hasUnsaved() && performance.now() - since < longestWait) requestAnimationFrame(look);
      else issueRequest(true);
    };
    look();
  });
}

const hasUnsaved = (): boolean => document.querySelector("#wrap-up [data-unsaved]") !== null;
