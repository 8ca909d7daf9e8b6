// htmx as every console page uses it: fragments morphed in place, never a jump, never a lost keystroke.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

import { csrfToken, randomId, sentenceOf } from "./http";
import { say } from "./notices";
import { refresh } from "./panes";

// What the page's own hands hold stays as it is: a playing video, a field being typed in, a change not yet saved.
function mayChange(node: Node): boolean {
  if (!(node instanceof Element)) return true;
  // A line about saving belongs to what its form saves, not to what takes its place.
  if (node instanceof HTMLElement && node.dataset.savedAt !== undefined) {
    return node.dataset.savedAt !== node.closest("form")?.dataset.autosaveUrl;
  }
  return !node.matches("[data-unsaved]");
}

// Drawn by the page's own script, for as long as it is about the same thing.
const isKept = (old: Node, fresh: Node): boolean =>
  old instanceof HTMLElement &&
  fresh instanceof HTMLElement &&
  old.dataset.kept !== undefined &&
  old.dataset.kept === fresh.dataset.kept;

const isWrittenIn = (element: Element | null): boolean =>
  element !== null && element.matches("input, textarea, select, [contenteditable]");

const inPlace = {
  restoreFocus: true,
  callbacks: {
    beforeNodeMorphed: (old: Node, fresh: Node) => mayChange(old) && !isKept(old, fresh),
    beforeNodeRemoved: (old: Node) => mayChange(old),
    // An open <details> or <dialog> was opened by a person; the server does not know.
    beforeAttributeUpdated: (name: string, element: Element) =>
      !(name === "open" && element.matches("details, dialog")) && name !== "data-promise",
  },
};

function defineMorphing(): void {
  htmx.defineExtension("morph", {
    isInlineSwap: (style: string) => style === "morph",
    handleSwap: (style: string, target: Node, fragment: Node) => {
      if (style !== "morph" && style !== "morph:innerHTML") return false;
      const morphStyle = style === "morph" ? "outerHTML" : "innerHTML";
      // A field with the focus keeps what stands in it; a button with the focus changes its words like any other.
      const ignoreActiveValue = isWrittenIn(document.activeElement);
      const { children } = fragment as DocumentFragment;
      return Idiomorph.morph(target, children, { ...inPlace, morphStyle, ignoreActiveValue }) as Node[];
    },
  });
}

interface Failure extends Event {
  detail: { xhr?: XMLHttpRequest; requestConfig?: { verb: string } };
}

// A refresh that fails is the live banner's business; an action that fails is told to whoever pressed.
function tellFailure(event: Event): void {
  const { xhr, requestConfig } = (event as Failure).detail;
  if (requestConfig?.verb === "get") return;
  if (!xhr?.status) return say("The server did not answer. Nothing has been lost; press again.");
  let body: Record<string, unknown> | null = null;
  try {
    body = JSON.parse(xhr.responseText) as Record<string, unknown>;
  } catch {
    // An HTML error page has no sentence for us; the status has.
  }
  say(sentenceOf(xhr.status, body));
}

// Half a sentence in any other form is unsaved as well: it stays until that form has been sent and done.
function keepWhatIsTyped(event: Event): void {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) return;
  if (field.form && field.form.dataset.autosaveUrl === undefined) field.setAttribute("data-unsaved", "");
}

interface Answered extends Event {
  detail: { xhr: XMLHttpRequest; requestConfig?: { verb: string; elt: Element } };
}

function letGoOfWhatIsDone(event: Event): void {
  const { xhr, requestConfig } = (event as Answered).detail;
  if (xhr.status >= 300 || requestConfig?.verb === "get") return;
  const form = requestConfig?.elt.closest("form");
  for (const field of form?.elements ?? []) field.removeAttribute("data-unsaved");
}

interface Swapping extends Answered {
  detail: Answered["detail"] & { target: Element; shouldSwap: boolean };
}

const readAt = new Map<string, number>();

// Answers overtake each other. Of two that would fill the same place, the one that was read later by the server stays.
function dropWhatIsOlder(event: Event): void {
  const { detail } = event as Swapping;
  const { xhr, target } = detail;
  const read = Number(xhr.getResponseHeader("Fragment-Read-At"));
  if (!detail.shouldSwap || !read) return;
  if (read >= (readAt.get(target.id) ?? 0)) return void readAt.set(target.id, read);
  detail.shouldSwap = false;
  // What stands there was drawn while her words were not yet sent, and went round them.
  if (detail.requestConfig?.verb !== "get") refresh(target.id);
}

// A press may take its own button away. Whoever had the focus there goes on in the same part of the page, not nowhere.
let pressedIn = "";

function noteFocus(event: Event): void {
  const { target } = (event as Swapping).detail;
  const held = document.activeElement;
  pressedIn = held && held !== document.body && target.contains(held) ? (held.closest("[tabindex='0'][id]")?.id ?? "") : "";
}

function keepFocus(): void {
  const lost = document.activeElement === null || document.activeElement === document.body;
  const part = lost && pressedIn ? document.getElementById(pressedIn) : null;
  // What the press has brought may say where it is gone on with.
  (part?.querySelector<HTMLElement>("[data-takes-focus]") ?? part)?.focus({ preventScroll: true });
  pressedIn = "";
}

interface Configuring extends Event {
  detail: { verb: string; headers: Record<string, string> };
}

export function startFragments(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    defaultSwapStyle: "morph",
    historyEnabled: false,
    timeout: 8000,
  });
  defineMorphing();
  document.addEventListener("input", keepWhatIsTyped);
  document.addEventListener("htmx:beforeSwap", letGoOfWhatIsDone);
  document.addEventListener("htmx:beforeSwap", dropWhatIsOlder);
  document.addEventListener("htmx:beforeSwap", noteFocus);
  document.addEventListener("htmx:afterSwap", keepFocus);
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { verb, headers } = (event as Configuring).detail;
    if (verb === "get") return;
    headers["X-CSRFToken"] = csrfToken();
    headers["Idempotency-Key"] = randomId();
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(failure, tellFailure);
  }
}
