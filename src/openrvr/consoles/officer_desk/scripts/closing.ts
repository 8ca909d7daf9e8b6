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
