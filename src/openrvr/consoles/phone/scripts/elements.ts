// The page's own elements, by their ids. A missing one is a mistake of ours: it is said at once.

export function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as Kind;
}

export function onTap(id: string, act: () => void): void {
  element(id).addEventListener("click", act);
}
