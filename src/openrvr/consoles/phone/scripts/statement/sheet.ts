// Her statement over the call: she reads it, or it is read to her, and she signs with a finger or by typing her name.
import { post, RequestRefused } from "#kit/http";

import { element, onTap } from "../elements";
import type { Shown } from "./door";
import { SignaturePad } from "./signature_pad";

export class StatementSheet {
  private shown: Shown | null = null;
  private signed = 0;
  private typing = false;
  private readonly pad = new SignaturePad(element<HTMLCanvasElement>("statement-pad"));

  constructor(private readonly url: string) {
    onTap("statement-sign", () => void this.sign());
    onTap("statement-object", () => void this.object());
    onTap("statement-clear", () => this.pad.clear());
    onTap("statement-type", () => this.type(!this.typing));
    onTap("statement-done", () => this.close());
  }

  show(statement: Shown | null): void {
    if (!statement) {
      // What she has just signed is thanked for, and closed by her.
      if (!this.signed) this.close();
      return;
    }
    if (statement.id === this.signed) return;
    const changed = JSON.stringify(statement) !== JSON.stringify(this.shown);
    const first = this.shown?.id !== statement.id;
    this.shown = statement;
    if (changed) this.draw(statement);
    if (first) this.open();
    else if (changed) this.say("The words have changed: please read them again.");
  }

  private open(): void {
    this.signed = 0;
    this.say("");
    this.pad.clear();
    this.type(false);
    this.part("reading");
    element("statement").hidden = false;
    this.pad.fit();
    element("statement-title").focus({ preventScroll: true });
  }

  private close(): void {
    const was = this.shown;
    this.shown = null;
    this.signed = 0;
    element("statement").hidden = true;
    if (was) element("leave").focus({ preventScroll: true });
  }

  private draw({ witness, beginning, text, declaration, language }: Shown): void {
    element("statement-witness").textContent = witness;
    element("statement-beginning").textContent = beginning;
    const words = element("statement-words");
    words.lang = language;
    words.replaceChildren(...text.split("\n").filter(Boolean).map(paragraph));
    element("statement-declaration").textContent = declaration;
  }

  private type(typing: boolean): void {
    this.typing = typing;
    element("statement-drawn").hidden = typing;
    element("statement-typed").hidden = !typing;
    element("statement-type").textContent = typing ? "Sign with the finger instead" : "Type your name instead";
    if (typing) element("statement-name").focus();
  }

  private async sign(): Promise<void> {
    const { shown } = this;
    if (!shown || this.rests()) return;
    if (!element<HTMLInputElement>("statement-true").checked) return this.say("Tick the box first, if it is true.");
    const name = element<HTMLInputElement>("statement-name").value.trim();
    if (this.typing && !name) return this.say("Type your name.");
    if (!this.typing && this.pad.isEmpty) return this.say("Sign in the field with your finger.");
    const signature = this.typing ? { name } : { strokes: this.pad.strokes };
    await this.send("sign", { read: await hash(wordsOf(shown)), ...signature }, () => {
      this.signed = shown.id;
      this.part("signed");
      element("statement-title").focus({ preventScroll: true });
    });
  }

  private async object(): Promise<void> {
    if (this.rests()) return;
    await this.send("object", {}, () => this.close());
  }

  private async send(what: string, body: object, then: () => void): Promise<void> {
    this.rest(true);
    try {
      await post(`${this.url}${this.shown!.id}/${what}`, body, { tries: 20 });
      then();
    } catch (problem) {
      this.say(problem instanceof RequestRefused ? problem.message : "That did not work. Please try again.");
    } finally {
      this.rest(false);
    }
  }

  private part(name: "reading" | "signed"): void {
    element("statement-reading").hidden = name === "signed";
    element("statement-signed").hidden = name === "reading";
    element("statement-title").textContent = name === "signed" ? "Signed. Thank you." : "Your statement";
    element<HTMLInputElement>("statement-true").checked = false;
  }

  private rests(): boolean {
    return element("statement-sign").getAttribute("aria-disabled") === "true";
  }

  private rest(resting: boolean): void {
    for (const id of ["statement-sign", "statement-object"]) element(id).setAttribute("aria-disabled", String(resting));
  }

  private say(sentence: string): void {
    element("statement-problem").textContent = sentence;
  }
}

const paragraph = (words: string): HTMLElement => Object.assign(document.createElement("p"), { textContent: words });

/** As the server puts it together: evidence/statement/actions.py, `words_of`. */
const wordsOf = ({ witness, beginning, text, declaration }: Shown): string =>
  [witness, beginning, text, declaration].join("\n\n");

async function hash(words: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
