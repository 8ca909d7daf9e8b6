// Dialogs declared in the markup: data-opens="id" on a button, data-closes on one inside. Escape closes by itself.

function onClick(event: MouseEvent): void {
  const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-opens], [data-closes]") : null;
  if (!pressed) return;
  if (pressed.dataset.closes !== undefined) return pressed.closest("dialog")?.close();
  const dialog = document.getElementById(pressed.dataset.opens!);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

interface Answered extends Event {
  detail: { xhr: XMLHttpRequest; requestConfig?: { elt: Element } };
}

// What was asked in a dialog has been done: it may go. A refusal leaves it open, with what was typed in it.
function onAnswer(event: Event): void {
  const { xhr, requestConfig } = (event as Answered).detail;
  if (xhr.status < 300) requestConfig?.elt.closest("dialog")?.close();
}

export function startDialogs(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:beforeSwap", onAnswer);
}
