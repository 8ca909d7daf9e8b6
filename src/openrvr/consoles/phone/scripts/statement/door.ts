// The way to her statement: its script is fetched when the officer first shows it. Until then a phone loads none of it.
import { element } from "../elements";
import { fetchedLater } from "../written_in";
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
    const { script, url } = element("statement").dataset;
    const { StatementSheet } = await fetchedLater<typeof import("./sheet")>(script!);
    return new StatementSheet(url!, this.onClose);
  }
}
