// The way to her statement: its script is fetched when the officer first shows it. Until then a phone loads none of it.
import { wait } from "#kit/http";

import { element } from "../elements";
import type { StatementSheet } from "./sheet";

/** What she reads and signs. */
export interface Shown {
  id: number;
  witness: string;
  /** Version, place, and what it corrects. */
  beginning: string;
  text: string;
  declaration: string;
  declarationLanguage: string;
  language: string;
}

declare module "#kit/live" {
  interface LiveKinds {
    "statement.changed": { call: string };
  }
}

const tryAgain = 2000;

export class StatementDoor {
  private sheet: Promise<StatementSheet> | null = null;
  private wanted: Shown | null = null;

  /** `onClose` is called when the call is there again. */
  constructor(private readonly onClose: () => void) {}

  get isOpen(): boolean {
    return this.wanted !== null || !element("statement").hidden;
  }

  /** What is on her screen now; null for nothing. */
  show(statement: Shown | null): void {
    this.wanted = statement;
    if (!statement && !this.sheet) return;
    this.sheet ??= this.fetch();
    void this.sheet.then((sheet) => sheet.show(this.wanted));
  }

  private async fetch(): Promise<StatementSheet> {
    const url = element("statement").dataset.script!;
    for (let attempt = 0; ; attempt++) {
      try {
        // Some browsers remember a script that they could not fetch: asked by another address, it is fetched again.
        const module = (await import(attempt ? `${url}?${attempt}` : url)) as typeof import("./sheet");
        return new module.StatementSheet(element("statement").dataset.url!, this.onClose);
      } catch {
        await wait(tryAgain);
      }
    }
  }
}
