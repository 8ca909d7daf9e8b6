// What ought to be in the recording and is not, though the recorder runs: noticed now, told with the slices.
import type { Cause, Condition, Missing } from "./slices";

export class Conditions {
  private readonly open = new Map<string, Condition>();
  private over: Condition[] = [];

  constructor(private readonly now: () => number) {}

  /** `since` is when it began, where that was noticed later. */
  set(missing: Missing, cause: Cause, holds: boolean, since = this.now()): void {
    const key = `${missing} ${cause}`;
    const condition = this.open.get(key);
    if (holds && !condition) this.open.set(key, { missing, cause, since, until: Infinity });
    if (holds || !condition) return;
    this.open.delete(key);
    this.over.push({ ...condition, until: this.now() });
  }

  /** Everything of the interval that has not been told yet. */
  take(since: number, until: number): Condition[] {
    const told = [...this.over, ...this.open.values()]
      .map((each) => ({ ...each, since: Math.max(each.since, since), until: Math.min(each.until, until) }))
      .filter((each) => each.since < each.until);
    this.over = this.over.filter((each) => each.until > until);
    return told;
  }

  get everythingIsMissing(): boolean {
    return Array.from(this.open.values()).some(({ missing }) => missing === "everything");
  }
}
