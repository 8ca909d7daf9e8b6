// Another language by one tap. Without this script it is a form; with it the page takes the old one's place in the
// history, and a phone that has no connection at the moment keeps the page, and the call, that it has.

/** `page` is what is loaded in the new language; null where the form itself only looks at the same page again. */
export function startLanguages(page: string | null): void {
  const form = document.querySelector<HTMLFormElement>("[data-languages]");
  form?.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[value]");
    if (!button) return;
    event.preventDefault();
    if (page === null) location.replace(`?${asked(form, button.value).toString()}`);
    else void choose(form, button.value, page);
  });
}

async function choose(form: HTMLFormElement, language: string, page: string): Promise<void> {
  const problem = form.querySelector("p")!;
  problem.textContent = "";
  const body = asked(form, language);
  // The answer leads to the page, which is loaded in place of this one: it is not fetched twice.
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") location.replace(page);
  else problem.textContent = problem.dataset.unreachable!;
}

function asked(form: HTMLFormElement, language: string): URLSearchParams {
  const fields = new URLSearchParams(Array.from(new FormData(form), ([name, value]) => [name, String(value)]));
  fields.set("language", language);
  return fields;
}
