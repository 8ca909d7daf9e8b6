// One place where a page says what went wrong or right, read out by screen readers.

/** Long enough for a screen reader to notice that a region was emptied. Milliseconds. */
const breath = 50;

/** Reads out what the eye sees by itself; nothing is shown. The same sentence again is read out again. */
export function speak(sentence: string): void {
  const region = document.getElementById("spoken");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = sentence), breath);
}

/** Shows a sentence in `#notices`, or none where it is empty; a problem stays until it is dismissed or replaced, good news leaves by itself. */
export function say(sentence: string, tone: "problem" | "good" = "problem"): void {
  const region = document.getElementById("notices");
  if (!region) return;
  if (!sentence) return region.replaceChildren();
  const notice = document.createElement("div");
  notice.className = `kit-notice kit-notice--${tone}`;
  const words = document.createElement("p");
  words.textContent = sentence;
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "kit-notice__dismiss";
  dismiss.textContent = region.dataset.dismiss ?? "Dismiss";
  const leave = (): void => {
    // Whoever had the focus there goes on in the page, not nowhere.
    if (notice.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
    notice.remove();
  };
  dismiss.addEventListener("click", leave);
  notice.append(words, dismiss);
  region.replaceChildren(notice);
  if (tone === "good") setTimeout(leave, 6000);
}
