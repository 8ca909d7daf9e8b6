// Keyboard shortcuts declared in the markup: data-key="a", "F12", "Alt+p", "Enter", shown beside the action as <kbd>.
// A letter or digit is not a shortcut while somebody fills in a form: Alt with it is, and Escape leaves the field. Who
// speaks to the machine, or uses letters for something else, turns single letters and digits off: then Alt goes with them.

const typesText = new Set(["text", "search", "tel", "email", "url", "number", "password", "date", "time", "datetime-local"]);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  // Choosing among the answers of a form that saves itself is filling it in, too.
  return typesText.has(target.type) || target.form?.dataset.autosaveUrl !== undefined;
}

const setting = "openrvr-single-keys";
const singleKeysAreOn = (): boolean => localStorage.getItem(setting) !== "off";

const isFunctionKey = (key: string): boolean => /^F\d{1,2}$/.test(key);

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

const pressing = "a[href], button, input, summary, [role=tab]";
/** What a keyboard scrolls. */
const scrolling = "[role=region][tabindex='0']";

// Enter and Space, without Alt, already mean something on a focused button or link; the arrows, on what they scroll.
function belongsToFocused(event: KeyboardEvent): boolean {
  if (event.altKey || !(event.target instanceof Element)) return false;
  if (event.key.startsWith("Arrow") || event.key === " ") {
    const region = event.target.closest(scrolling);
    if (region && region.scrollWidth > region.clientWidth + 1) return true;
  }
  return (event.key === "Enter" || event.key === " ") && event.target.closest(pressing) !== null;
}

/** Milliseconds: who types makes no longer pause in the middle of a word. */
const pauseInWriting = 1500;
let wroteAt = -Infinity;

// The field that somebody writes in may be taken away under their hands: the rest of the word is no command.
function isStillWriting(event: KeyboardEvent): boolean {
  if (event.key.length > 1 || event.altKey || event.ctrlKey || event.metaKey) return false;
  if (performance.now() - wroteAt > pauseInWriting) return false;
  wroteAt = performance.now();
  return true;
}

function isUsable(element: HTMLElement): boolean {
  if (element.matches(":disabled, [aria-disabled=true]")) return false;
  const dialog = document.querySelector("dialog[open]");
  if (dialog && !dialog.contains(element)) return false;
  return element.getClientRects().length > 0;
}

function act(element: HTMLElement): void {
  if (element instanceof HTMLInputElement && typesText.has(element.type)) return element.focus();
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return element.focus();
  // Whoever is writing goes on writing: with the focus on the button, the next words would be shortcuts. Of keys that are
  // pressed in turn (`data-leaves-focus`) none takes the focus: Space and Enter would then be that button's own.
  const leavesFocus = element.dataset.leavesFocus !== undefined;
  if (!leavesFocus && !isTyping(document.activeElement)) element.focus({ preventScroll: false });
  element.click();
}

function declaredFor(name: string): HTMLElement | undefined {
  return Array.from(document.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(name)}"]`)).find(isUsable);
}

function onKeydown(event: KeyboardEvent): void {
  if (event.repeat || event.defaultPrevented || event.isComposing) return;
  const typing = isTyping(event.target);
  // Whoever leaves a field by a key of their own has done with writing.
  if (event.key === "Tab" || event.key === "Escape") wroteAt = -Infinity;
  else if (typing) wroteAt = performance.now();
  if (typing && event.key === "Escape") return (event.target as HTMLElement).blur();
  if (typing && !isFunctionKey(event.key) && !event.altKey) return;
  if (belongsToFocused(event) || isStillWriting(event)) return;
  const name = nameOf(event);
  if (name.length === 1 && !singleKeysAreOn()) return;
  // With an arrow Alt is the browser's own: back and forward.
  const element = declaredFor(name) ?? declaredFor(name.replace(/^Alt\+(?!Arrow)/, ""));
  if (!element) return;
  event.preventDefault();
  act(element);
}

export function startKeys(): void {
  document.addEventListener("keydown", onKeydown);
  document.addEventListener("pointerdown", () => (wroteAt = -Infinity));
  for (const button of document.querySelectorAll("[data-single-keys]")) {
    const show = (): void => button.setAttribute("aria-pressed", String(singleKeysAreOn()));
    show();
    button.addEventListener("click", () => {
      localStorage.setItem(setting, singleKeysAreOn() ? "off" : "on");
      show();
    });
  }
}
