// The page's own elements, by their ids. A missing one is a mistake of ours: it is said at once.

export function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as Kind;
}

/** What leaves the screen does not take the focus with it: that goes on to `to`. */
export function hideAway(part: HTMLElement, to: HTMLElement): void {
  if (part.contains(document.activeElement)) to.focus({ preventScroll: true });
  part.hidden = true;
}

/** A button that was disabled while it worked has lost the focus: it has it again, unless that has gone elsewhere. */
export function focusAgain(pressed: Element | null): void {
  if (document.activeElement === document.body && pressed instanceof HTMLElement) pressed.focus({ preventScroll: true });
}

export function onTap(id: string, act: () => void): void {
  element(id).addEventListener("click", act);
}
