// One step is on the screen at a time. The call looks like no other: dark, and full of the other's picture.
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
  // Whoever is writing goes on writing, whatever comes on the screen beside it.
  if (document.activeElement?.closest("#chat:not([hidden])")) return;
  const headings = Array.from(document.querySelectorAll<HTMLElement>("h1"));
  headings.find((heading) => heading.getClientRects().length)?.focus({ preventScroll: true });
}
