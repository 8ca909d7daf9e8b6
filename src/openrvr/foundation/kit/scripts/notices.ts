// One place where a page says what went wrong or right, read out by screen readers.

/** Shows a sentence in `#notices`; a problem stays until it is dismissed or replaced, good news leaves by itself. */
export function say(sentence: string, tone: "problem" | "good" = "problem"): void {
  const region = document.getElementById("notices");
  if (!region) return;
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
