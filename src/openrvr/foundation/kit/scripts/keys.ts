// Keyboard shortcuts declared in the markup: data-key="a", "F12", "Alt+p", "Enter", shown beside the action as <kbd>.
// A letter or digit is not a shortcut while somebody fills in a form: Alt with it is, and Escape leaves the field.

const typesText = new Set(["text", "search", "tel", "email", "url", "number", "password", "date", "time", "datetime-local"]);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  // Choosing among the answers of a form that saves itself is filling it in, too.
  return typesText.has(target.type) || target.form?.dataset.autosaveUrl !== undefined;
}

const isFunctionKey = (key: string): boolean => /^F\d{1,2}$/.test(key);

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

// Enter and Space already mean something on a focused button or link.
function belongsToFocused(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  return event.target instanceof Element && event.target.closest("a[href], button, input, summary, [role=tab]") !== null;
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
  element.focus({ preventScroll: false });
  element.click();
}

function declaredFor(name: string): HTMLElement | undefined {
  return Array.from(document.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(name)}"]`)).find(isUsable);
}

function onKeydown(event: KeyboardEvent): void {
  if (event.repeat || event.defaultPrevented || event.isComposing) return;
  const typing = isTyping(event.target);
  if (typing && event.key === "Escape") return (event.target as HTMLElement).blur();
  if (typing && !isFunctionKey(event.key) && !event.altKey) return;
  if (belongsToFocused(event)) return;
  const name = nameOf(event);
  const element = declaredFor(name) ?? (typing ? declaredFor(name.replace("Alt+", "")) : undefined);
  if (!element) return;
  event.preventDefault();
  act(element);
}

export function startKeys(): void {
  document.addEventListener("keydown", onKeydown);
}
