// What ought to be in the recording and is not, though the recorder runs: noticed now, told with the slices.
import type { Cause, Condition, Missing } from "./slices";

export class Conditions {
  private readonly open = new Map<string, Condition & { told: boolean }>();
  private over: (Condition & { told: boolean })[] = [];

  constructor(private readonly now: () => number) {}

  /** `since` is when it began, where that was noticed later. */
  set(missing: Missing, cause: Cause, holds: boolean, since = this.now()): void {
    const key = `${missing} ${cause}`;
    const condition = this.open.get(key);
    if (holds && !condition) this.open.set(key, { missing, cause, since, until: Infinity, told: false });
    if (holds || !condition) return;
    this.open.delete(key);
    this.over.push({ ...condition, until: this.now() });
  }

  /** What is over already when it is noticed. */
  add(missing: Missing, cause: Cause, since: number, until: number): void {
    this.over.push({ missing, cause, since, until, told: false });
  }

  /** Everything up to `until` that has not been told yet. What began before and was noticed later is told from its beginning. */
  take(since: number, until: number): Condition[] {
    const known = [...this.over, ...this.open.values()];
    const told = known
      .map(({ missing, cause, ...each }) => ({
        missing,
        cause,
        since: each.told ? Math.max(each.since, since) : each.since,
        until: Math.min(each.until, until),
      }))
      .filter((each) => each.since < each.until);
    for (const each of known) if (each.since < until) each.told = true;
    this.over = this.over.filter((each) => each.until > until);
    return told;
  }

  get everythingIsMissing(): boolean {
    return Array.from(this.open.values()).some(({ missing }) => missing === "everything");
  }
}
