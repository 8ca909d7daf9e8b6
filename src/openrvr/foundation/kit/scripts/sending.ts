// A button pressed twice acts once: while a form is being sent, its buttons rest.

const sending = new WeakSet<HTMLFormElement>();

function buttonsOf(form: HTMLFormElement): HTMLButtonElement[] {
  return Array.from(form.elements).filter((field): field is HTMLButtonElement => field instanceof HTMLButtonElement);
}

function rest(form: HTMLFormElement): void {
  for (const button of buttonsOf(form)) {
    if (button.disabled) continue;
    // Not `disabled`: that would take the focus away from whoever has just pressed it.
    button.setAttribute("aria-disabled", "true");
    button.dataset.resting = "";
  }
}

function wake(form: HTMLFormElement): void {
  sending.delete(form);
  for (const button of buttonsOf(form)) {
    if (button.dataset.resting === undefined) continue;
    delete button.dataset.resting;
    button.removeAttribute("aria-disabled");
  }
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sending.add(form);
  rest(form);
}

/** `wakeForm` is for pages that send a form by script and want its buttons back. */
export const wakeForm = wake;

export function startSendingOnce(): void {
  document.addEventListener("submit", onSubmit, { capture: true });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = (event.target as Element).closest("form");
    if (form) wake(form);
  });
  // Coming back by the browser's back button finds the page as it was left, buttons resting.
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach(wake));
}
