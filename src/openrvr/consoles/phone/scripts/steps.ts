// One step is on the screen at a time. The call looks like no other: dark, and full of the other's picture.
import { element } from "./elements";
import type { Step } from "./state";

const sections = (): HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>("[data-step]"));

export const stepShown = (): Step | undefined => sections().find((section) => !section.hidden)?.dataset.step as Step;

export function showStep(step: Step): void {
  if (stepShown() === step) return;
  for (const section of sections()) section.hidden = section.dataset.step !== step;
  document.body.classList.toggle("phone--call", step === "call");
  document.getElementById("main")!.className = step === "call" ? "phone-call" : "phone__main";
  scrollTo(0, 0);
  announce();
}

/** Where the reader of a screen reader goes on: at the heading of the step that is there. */
export function announce(): void {
  const heading = headingShown();
  if (heading) goOnAt(heading);
}

export const headingShown = (): HTMLElement | undefined =>
  Array.from(document.querySelectorAll<HTMLElement>("h1")).find((heading) => heading.getClientRects().length);

/** Whoever is writing goes on writing, whatever comes on the screen beside it, and hears of it. */
export function goOnAt(heading: HTMLElement): void {
  if (isWriting()) speak(heading.innerText);
  else heading.focus({ preventScroll: true });
}

export const isWriting = (): boolean => Boolean(document.activeElement?.closest("#chat:not([hidden])"));

/** For who listens alone, and without moving the focus. */
export function speak(sentence: string): void {
  const line = element("spoken");
  line.textContent = "";
  // The same sentence for a second time is news only where there was none in between.
  setTimeout(() => (line.textContent = sentence), 100);
}
