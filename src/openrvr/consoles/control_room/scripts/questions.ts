// Yes and no by key, as fast as the caller answers: the keys move on to the next question when they are pressed,
// not when the server has replied.

const sent = new Set<string>();

const questions = (): HTMLElement[] =>
  Array.from(document.querySelectorAll<HTMLElement>(".kit-criteria li")).filter((item) => item.querySelector("form"));
const isOpen = (question: HTMLElement): boolean => question.dataset.answer === "unknown" && !sent.has(question.id);

function moveKeys(): void {
  const all = questions();
  for (const question of all) if (question.dataset.answer !== "unknown") sent.delete(question.id);
  const next = all.find(isOpen);
  for (const question of all) {
    question.toggleAttribute("data-next", question === next);
    for (const button of question.querySelectorAll<HTMLButtonElement>("button[name=answer]")) {
      const key = button.value === "yes" ? "y" : "n";
      if (question === next) button.dataset.key = key;
      else delete button.dataset.key;
    }
  }
}

function onSubmit(event: Event): void {
  const question = (event.target as Element).closest<HTMLElement>(".kit-criteria li");
  if (!question) return;
  sent.add(question.id);
  moveKeys();
}

// Refused, or no answer: the question is open again.
function onFailure(event: Event): void {
  const question = (event.target as Element).closest<HTMLElement>(".kit-criteria li");
  if (!question) return;
  sent.delete(question.id);
  moveKeys();
}

export function startQuestions(): void {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:afterSwap", moveKeys);
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, onFailure);
  moveKeys();
}
