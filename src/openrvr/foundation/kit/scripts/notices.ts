// One place where a page says what went wrong or right, read out by screen readers.

/** Reads out what the eye sees by itself; nothing is shown. */
export function speak(sentence: string): void {
  const region = document.getElementById("spoken");
  if (region && region.textContent !== sentence) region.textContent = sentence;
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
  dismiss.addEventListener("click", () => notice.remove());
  notice.append(words, dismiss);
  region.replaceChildren(notice);
  if (tone === "good") setTimeout(() => notice.remove(), 6000);
}
