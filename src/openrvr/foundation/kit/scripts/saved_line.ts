// The line beside a field that says whether it is saved: in words, quiet, and never moving what stands below it.

interface Choice {
  useMine: () => void;
  useTheirs: () => void;
}

const words = {
  saved: "Saved {clock}",
  trying: "Not saved yet, trying again",
  theirs: "Theirs: {value}",
  useMine: "Use mine",
  useTheirs: "Use theirs",
};

export class SavedLine {
  private readonly element: HTMLElement;

  constructor(name: string, field: HTMLElement) {
    const id = `${name}-saved`;
    this.element = document.getElementById(id) ?? this.create(id, field);
  }

  saved(clock: string): void {
    this.say("saved", words.saved.replace("{clock}", clock));
  }

  trying(): void {
    this.say("trying", words.trying);
  }

  refused(sentence: string): void {
    this.say("refused", sentence);
  }

  disputed(sentence: string, theirs: string, choice: Choice): void {
    this.say("disputed", `${sentence} ${words.theirs.replace("{value}", theirs)} `);
    this.element.append(button(words.useMine, choice.useMine), " ", button(words.useTheirs, choice.useTheirs));
  }

  private say(state: string, sentence: string): void {
    this.element.dataset.state = state;
    // Routine saving is for the eye alone; a screen reader hears only what needs somebody.
    this.element.setAttribute("aria-live", state === "saved" ? "off" : "polite");
    this.element.textContent = sentence;
  }

  private create(id: string, field: HTMLElement): HTMLElement {
    const element = document.createElement("p");
    element.id = id;
    element.className = "kit-saved";
    element.setAttribute("aria-live", "polite");
    // The server knows nothing of it: a live refresh must not take a choice away that is still to be made.
    element.dataset.savedAt = field.closest("form")?.dataset.autosaveUrl;
    const group = field.closest(".govuk-form-group") ?? field.parentElement!;
    group.append(element);
    return element;
  }
}

function button(label: string, act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "kit-link-button";
  element.textContent = label;
  element.addEventListener("click", act);
  return element;
}
