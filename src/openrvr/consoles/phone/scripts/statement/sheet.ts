// Her statement over the call: she reads it, or it is read to her, and she signs with a finger or by typing her name.
import { post, RequestRefused } from "#kit/http";
import { _ } from "#kit/words";

import { element, onTap } from "../elements";
import { speak } from "../steps";
import type { Shown } from "./door";
import { SignaturePad } from "./signature_pad";

/** What lies behind the paper: while it is there, nobody can see it, and no key may reach it. */
const behind = ".phone-call__picture, .phone-call__ladder, #call-buttons, #sending, #leaving, #hand-over, #chat";
/** Until the officer pauses: one who reads, or listens, is told once that the words are others. Milliseconds. */
const pauseInWriting = 2000;

const words = {
  changed: _("The words have changed. Please read them again, then tick the box again."),
  objected: _("The officer knows. They change it, and show it to you again."),
  takenBack: _("The officer has taken the statement back. They show it to you again."),
};

export class StatementSheet {
  private shown: Shown | null = null;
  private signed = 0;
  private typing = false;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private readonly pad = new SignaturePad(element<HTMLCanvasElement>("statement-pad"));

  constructor(
    private readonly url: string,
    private readonly onClose: () => void,
  ) {
    onTap("statement-sign", () => void this.sign());
    onTap("statement-object", () => void this.object());
    onTap("statement-clear", () => this.pad.clear());
    onTap("statement-type", () => this.type(!this.typing));
    element("statement-true").addEventListener("change", () => (element("statement-changed").textContent = ""));
    onTap("statement-done", () => this.close(""));
  }

  show(statement: Shown | null): void {
    if (!statement) {
      // What she has just signed is thanked for, and closed by her.
      if (!this.signed) this.close(words.takenBack);
      return;
    }
    if (statement.id === this.signed) return;
    const changed = JSON.stringify(statement) !== JSON.stringify(this.shown);
    const first = this.shown?.id !== statement.id;
    this.shown = statement;
    if (changed) this.draw(statement);
    if (first) this.open();
    else if (changed) this.change();
  }

  private open(): void {
    this.signed = 0;
    this.begin();
    this.type(false);
    this.part("reading");
    for (const part of document.querySelectorAll(behind)) part.toggleAttribute("inert", true);
    element("statement").hidden = false;
    this.pad.fit();
    element("statement-title").focus({ preventScroll: true });
  }

  /** What she has read is not what stands there: neither tick nor signature is for these words. */
  private change(): void {
    this.begin();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => (element("statement-changed").textContent = words.changed), pauseInWriting);
  }

  private begin(): void {
    clearTimeout(this.pause);
    element("statement-changed").textContent = "";
    element<HTMLInputElement>("statement-true").checked = false;
    element<HTMLInputElement>("statement-name").value = "";
    this.pad.clear();
    this.say("");
  }

  private close(why: string): void {
    clearTimeout(this.pause);
    const was = this.shown;
    this.shown = null;
    this.signed = 0;
    element("statement").hidden = true;
    for (const part of document.querySelectorAll(behind)) part.toggleAttribute("inert", false);
    if (!was) return;
    if (why) speak(why);
    element("call-title").focus({ preventScroll: true });
    this.onClose();
  }

  private draw({ witness, beginning, text, declaration, declarationLanguage, language }: Shown): void {
    set(element("statement-witness"), witness);
    set(element("statement-beginning"), beginning);
    const said = element("statement-words");
    said.lang = language;
    // Whoever reads keeps the place: what has not changed stays.
    const lines = text.split("\n").filter(Boolean);
    while (said.children.length > lines.length) said.lastElementChild!.remove();
    while (said.children.length < lines.length) said.append(document.createElement("p"));
    lines.forEach((line, at) => set(said.children[at]!, line));
    element("statement-declaration").lang = declarationLanguage;
    set(element("statement-declaration"), declaration);
  }

  private type(typing: boolean): void {
    this.typing = typing;
    element("statement-drawn").hidden = typing;
    element("statement-typed").hidden = !typing;
    element("statement-type").textContent = typing ? _("Sign with the finger instead") : _("Type your name instead");
    if (typing) element("statement-name").focus();
  }

  private async sign(): Promise<void> {
    const { shown } = this;
    if (!shown || this.rests()) return;
    if (!element<HTMLInputElement>("statement-true").checked) {
      return this.say(_("Tick the box first, if it is true."), "statement-true");
    }
    const name = element<HTMLInputElement>("statement-name").value.trim();
    if (this.typing && !name) return this.say(_("Type your name."), "statement-name");
    if (!this.typing && this.pad.isEmpty) return this.say(_("Sign in the field with your finger."));
    const signature = this.typing ? { name } : { strokes: this.pad.strokes };
    await this.send("sign", { read: await hash(wordsOf(shown)), ...signature }, () => {
      this.signed = shown.id;
      this.part("signed");
      element("statement-title").focus({ preventScroll: true });
    });
  }

  private async object(): Promise<void> {
    if (this.rests()) return;
    await this.send("object", {}, () => this.close(words.objected));
  }

  private async send(what: string, body: object, then: () => void): Promise<void> {
    this.rest(true);
    try {
      await post(`${this.url}${this.shown!.id}/${what}`, body, { tries: 20 });
      then();
    } catch (problem) {
      this.say(problem instanceof RequestRefused ? problem.message : _("That did not work. Please try again."));
    } finally {
      this.rest(false);
    }
  }

  private part(name: "reading" | "signed"): void {
    element("statement-reading").hidden = name === "signed";
    element("statement-signed").hidden = name === "reading";
    element("statement-title").textContent = name === "signed" ? _("Signed. Thank you.") : _("Your statement");
  }

  private rests(): boolean {
    return element("statement-sign").getAttribute("aria-disabled") === "true";
  }

  private rest(resting: boolean): void {
    for (const id of ["statement-sign", "statement-object"]) element(id).setAttribute("aria-disabled", String(resting));
  }

  /** What is wrong, and where she puts it right. */
  private say(sentence: string, where?: string): void {
    element("statement-problem").textContent = sentence;
    for (const id of ["statement-true", "statement-name"]) element(id).setAttribute("aria-invalid", String(id === where));
    if (where) element(where).focus();
  }
}

function set(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** As the server puts it together: evidence/statement/actions.py, `words_of`. */
const wordsOf = ({ witness, beginning, text, declaration }: Shown): string =>
  [witness, beginning, text, declaration].join("\n\n");

async function hash(words: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
