// Saves a form as it is typed: <form data-autosave-url="…">, one request a field, nothing lost, nothing overwritten.
import { post, RequestRefused } from "./http";
import { clockTime } from "./ticking";
import { serverNow } from "./server_clock";
import { SavedLine } from "./saved_line";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
export type Value = string | boolean | string[];

const pause = 400;
const retryAfter = [500, 1000, 2000];
const longestPress = 4000;

/** Text: string. Radios: the chosen value or "". One checkbox: boolean. Several of one name: list of strings. */
export function valueOf(form: HTMLFormElement, name: string): Value {
  const fields = fieldsOf(form, name);
  const first = fields[0];
  if (first instanceof HTMLInputElement && first.type === "radio") {
    return (fields as HTMLInputElement[]).find((radio) => radio.checked)?.value ?? "";
  }
  if (first instanceof HTMLInputElement && first.type === "checkbox") {
    const boxes = fields as HTMLInputElement[];
    if (boxes.length === 1 && first.dataset.several === undefined) return first.checked;
    return boxes.filter((box) => box.checked).map((box) => box.value);
  }
  return first?.value ?? "";
}

function setValue(form: HTMLFormElement, name: string, value: Value): void {
  for (const field of fieldsOf(form, name)) {
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = field.value === value;
    else if (field instanceof HTMLInputElement && field.type === "checkbox")
      field.checked = Array.isArray(value) ? value.includes(field.value) : value === true;
    else field.value = String(value);
  }
}

function fieldsOf(form: HTMLFormElement, name: string): Field[] {
  return Array.from(form.elements).filter(
    (element): element is Field =>
      (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) &&
      element.name === name &&
      element.type !== "hidden",
  );
}

const same = (one: Value, other: Value): boolean => JSON.stringify(one) === JSON.stringify(other);

export class Autosave {
  private readonly saved = new Map<string, Value>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly waiting = new Set<string>();
  private readonly disputed = new Set<string>();
  private readonly lines = new Map<string, SavedLine>();
  private sending = false;
  private failures = 0;

  constructor(private readonly form: HTMLFormElement) {
    // A browser that fills in yesterday's typing on reload would look like an edit that nobody made.
    form.autocomplete = "off";
    this.rebase();
    form.addEventListener("input", (event) => this.onInput(event));
    form.addEventListener("focusout", (event) => this.flushField((event.target as Field).name));
    form.addEventListener("submit", () => this.flush());
  }

  /** Take what the fields hold now as what the server holds, save for those with unsaved changes. */
  rebase(): void {
    for (const name of this.names()) {
      if (!this.isUnsaved(name)) this.saved.set(name, valueOf(this.form, name));
    }
  }

  isUnsaved(name: string): boolean {
    return this.timers.has(name) || this.waiting.has(name) || this.disputed.has(name);
  }

  /** Typed, and neither saved nor refused yet. */
  get isOnItsWay(): boolean {
    return this.timers.size > 0 || this.waiting.size > 0;
  }

  get isWaitingForServer(): boolean {
    return this.failures > 0 && this.waiting.size > 0;
  }

  flush(): void {
    for (const name of [...this.timers.keys()]) this.flushField(name);
  }

  /** The page is going: hand what is unsaved to the browser, which sends it after us. */
  flushOnLeave(): void {
    for (const name of new Set([...this.timers.keys(), ...this.waiting])) {
      void this.request(name, valueOf(this.form, name), { keepalive: true, tries: 1 }).catch(() => undefined);
    }
  }

  private names(): Set<string> {
    const names = Array.from(this.form.elements, (element) => element.getAttribute("name") ?? "");
    return new Set(names.filter((name) => name && fieldsOf(this.form, name).length > 0));
  }

  private onInput(event: Event): void {
    const field = event.target as Field;
    if (!field.name || field.dataset.autosave === "off") return;
    const typing = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && !isChoice(field));
    this.mark(field.name, true);
    // Made before it has anything to say: only then is that read out.
    this.line(field.name);
    clearTimeout(this.timers.get(field.name));
    this.timers.set(field.name, setTimeout(() => this.flushField(field.name), typing ? pause : 0));
  }

  private flushField(name: string): void {
    if (!this.timers.has(name)) return;
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
    this.waiting.add(name);
    void this.send();
  }

  // One at a time and in order: the server sees the edits as they were made.
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (this.waiting.size) {
      const name = this.waiting.values().next().value!;
      if (!(await this.saveOne(name))) await new Promise((resolve) => setTimeout(resolve, this.nextDelay()));
    }
    this.sending = false;
  }

  private nextDelay(): number {
    return retryAfter[Math.min(this.failures, retryAfter.length) - 1] ?? retryAfter[0]!;
  }

  private async saveOne(name: string): Promise<boolean> {
    const now = valueOf(this.form, name);
    if (this.disputed.has(name) || same(now, this.saved.get(name) ?? "")) {
      this.settle(name);
      return true;
    }
    try {
      const answer = await this.request(name, now, { tries: 1 });
      this.failures = 0;
      this.saved.set(name, now);
      if (same(valueOf(this.form, name), now)) this.settle(name);
      this.line(name).saved(clockTime(serverNow()));
      this.tell("autosave:saved", { field: name, value: now, answer });
      return true;
    } catch (problem) {
      return this.onProblem(name, problem);
    }
  }

  private onProblem(name: string, problem: unknown): boolean {
    if (!(problem instanceof RequestRefused) || problem.status >= 500 || problem.status === 429) {
      this.failures++;
      this.line(name).trying();
      return false;
    }
    this.waiting.delete(name);
    if (problem.status === 409 && "theirs" in problem.body) this.dispute(name, problem);
    else this.line(name).refused(problem.message);
    this.tell("autosave:refused", { field: name, sentence: problem.message });
    return true;
  }

  private dispute(name: string, problem: RequestRefused): void {
    const theirs = problem.body.theirs as Value;
    this.disputed.add(name);
    this.line(name).disputed(problem.message, shown(theirs), {
      useMine: () => this.resolve(name, theirs, valueOf(this.form, name)),
      useTheirs: () => this.resolve(name, theirs, theirs),
    });
  }

  private resolve(name: string, theirs: Value, chosen: Value): void {
    this.disputed.delete(name);
    this.saved.set(name, theirs);
    setValue(this.form, name, chosen);
    this.waiting.add(name);
    void this.send();
    if (same(theirs, chosen)) this.line(name).saved(clockTime(serverNow()));
    fieldsOf(this.form, name)[0]?.focus();
  }

  private request(name: string, now: Value, options: { keepalive?: boolean; tries: number }): Promise<unknown> {
    const body = { field: name, was: this.saved.get(name) ?? "", now };
    return post(this.form.dataset.autosaveUrl!, body, options);
  }

  private settle(name: string): void {
    this.waiting.delete(name);
    if (!this.isUnsaved(name)) this.mark(name, false);
  }

  // Marked in the markup too, so that a live refresh of the page leaves these fields alone.
  private mark(name: string, unsaved: boolean): void {
    for (const field of fieldsOf(this.form, name)) field.toggleAttribute("data-unsaved", unsaved);
  }

  private line(name: string): SavedLine {
    const line = this.lines.get(name) ?? new SavedLine(name, fieldsOf(this.form, name)[0]!);
    this.lines.set(name, line);
    return line;
  }

  private tell(kind: string, detail: Record<string, unknown>): void {
    this.form.dispatchEvent(new CustomEvent(kind, { bubbles: true, detail }));
  }
}

const isChoice = (field: HTMLInputElement): boolean => field.type === "radio" || field.type === "checkbox";

function shown(value: Value): string {
  if (Array.isArray(value)) return value.join(", ") || "(nothing)";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value || "(empty)";
}

const forms = new Map<HTMLFormElement, Autosave>();

function adopt(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-autosave-url]")) {
    const known = forms.get(form);
    if (known) known.rebase();
    else forms.set(form, new Autosave(form));
  }
  for (const form of forms.keys()) if (!form.isConnected) forms.delete(form);
}

interface Confirming extends Event {
  detail: { verb: string; target: Element; issueRequest: (confirmed: boolean) => void };
}

// A press is about what is on the screen: a field that is still on its way to the server goes first. A server that does
// not answer holds the press up for a moment only: what came of it is the server's to say.
function saveBeforePresses(event: Event): void {
  const { verb, target, issueRequest } = (event as Confirming).detail;
  const inside = Array.from(forms).filter(([form]) => target.contains(form));
  const isSaved = (): boolean => !inside.some(([, autosave]) => autosave.isOnItsWay);
  if (verb === "get" || isSaved()) return;
  event.preventDefault();
  inside.forEach(([, autosave]) => autosave.flush());
  const since = performance.now();
  const look = (): void => {
    if (isSaved() || performance.now() - since > longestPress) issueRequest(true);
    else setTimeout(look, 20);
  };
  look();
}

export function startAutosave(): void {
  adopt();
  document.addEventListener("htmx:confirm", saveBeforePresses);
  // At once: what is typed before a form is known would pass for what the server holds.
  document.addEventListener("htmx:afterSwap", adopt);
  addEventListener("pagehide", () => forms.forEach((autosave) => autosave.flushOnLeave()));
  addEventListener("beforeunload", (event) => {
    // Only when the server has not been answering: then leaving would lose what nobody holds but this page.
    if (Array.from(forms.values()).some((autosave) => autosave.isWaitingForServer)) event.preventDefault();
  });
}
