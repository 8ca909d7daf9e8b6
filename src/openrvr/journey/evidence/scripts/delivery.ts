// From the recorder over the spool to the server, one slice after the other, for as long as it takes.
import { csrfToken, sentenceOf, wait } from "#kit/http";

import { isReceiptFor, type Receipt, type ServiceKey } from "./receipts";
import type { Person, Slice } from "./slices";
import { Spool } from "./spool";

/** What stands in the way, in words for the officer; empty when nothing does. */
export type Trouble = "" | "unreachable" | "signed-out" | "server-full" | "disk-full" | "refused";

const timeout = 10_000;
const longestPause = 4000;
/** Without a spool what waits is in memory: beyond this, no more is taken. Bytes. */
const mostInMemory = 300_000_000;

type Waiting = { number: number } | { slice: Slice };

export class Delivery {
  key: ServiceKey | null = null;
  /** performance.now() of the last receipt of each person's. */
  private readonly receiptedAt: Partial<Record<Person, number>> = {};
  /** performance.now() since when something waits and nothing has been receipted. */
  private stuckSince = 0;
  private readonly spool: Promise<Spool | null>;
  private readonly queue: Waiting[] = [];
  private inMemory = 0;
  private delivering = false;
  private lastTrouble: Trouble = "";
  private spoolIsFull = false;
  /** The calls of which the server has refused a slice. */
  private readonly refused = new Set<string>();
  private wake: () => void = () => undefined;

  constructor(private readonly onChange: () => void = () => undefined) {
    this.spool = Spool.open().catch(() => null);
    addEventListener("online", () => this.wake());
  }

  /** What the officer in `call` has to know of. */
  troubleIn(call: string): Trouble {
    if (this.refused.has(call)) return "refused";
    return this.lastTrouble || (this.spoolIsFull ? "disk-full" : "");
  }

  /** For how many milliseconds something has waited and nothing been receipted. */
  get stuckFor(): number {
    return this.queue.length ? performance.now() - this.stuckSince : 0;
  }

  /** performance.now() of the last receipt of this person's; -Infinity before the first. */
  lastReceipt(person: Person): number {
    return this.receiptedAt[person] ?? -Infinity;
  }

  /** How many slices the server has not receipted. */
  get waiting(): number {
    return this.queue.length;
  }

  /** What an earlier page of this browser has left behind is delivered too; returns how much that is. */
  async resume(): Promise<number> {
    const spool = await this.spool;
    const left = (await spool?.waiting().catch(() => [])) ?? [];
    const known = new Set(this.queue.map((each) => ("number" in each ? each.number : 0)));
    if (!this.queue.length) this.stuckSince = performance.now();
    this.queue.unshift(...left.filter((number) => !known.has(number)).map((number) => ({ number })));
    void this.deliver();
    return left.length;
  }

  /** Keeps a slice until it is receipted. False where there is no room for it any more: nothing more can be recorded. */
  async take(slice: Slice): Promise<boolean> {
    const waiting = await this.keep(slice);
    if (!waiting) return false;
    if (!this.queue.length) this.stuckSince = performance.now();
    this.queue.push(waiting);
    void this.deliver();
    return true;
  }

  private async keep(slice: Slice): Promise<Waiting | null> {
    const spool = await this.spool;
    try {
      if (spool) {
        const number = await spool.add(slice);
        this.spoolIsFull = false;
        return { number };
      }
    } catch (problem) {
      console.warn("The spool takes nothing more.", problem);
    }
    this.spoolIsFull = true;
    if (this.inMemory + slice.bytes.byteLength > mostInMemory) return null;
    this.inMemory += slice.bytes.byteLength;
    return { slice };
  }

  private async deliver(): Promise<void> {
    if (this.delivering) return;
    this.delivering = true;
    let pause = 250;
    while (this.queue.length) {
      const next = this.queue[0]!;
      const trouble = await this.deliverOne(next).catch((): Trouble => "unreachable");
      this.lastTrouble = trouble === "refused" ? "" : trouble;
      if (!trouble || trouble === "refused") {
        this.queue.shift();
        pause = 250;
      }
      this.onChange();
      if (this.lastTrouble) {
        await Promise.race([wait(pause), new Promise<void>((resolve) => (this.wake = resolve))]);
        pause = Math.min(pause * 2, longestPause);
      }
    }
    this.delivering = false;
  }

  private async deliverOne(waiting: Waiting): Promise<Trouble> {
    const spool = await this.spool;
    const slice = "slice" in waiting ? waiting.slice : await spool?.read(waiting.number);
    if (!slice) return "";
    const trouble = await this.send(slice);
    // What was refused stays on this computer: somebody has to look at it.
    if (trouble) return trouble;
    this.receiptedAt[slice.person] = this.stuckSince = performance.now();
    if ("number" in waiting) await spool?.drop(waiting.number);
    else this.inMemory -= slice.bytes.byteLength;
    return "";
  }

  private async send(slice: Slice): Promise<Trouble> {
    const answer = await put(slice);
    if (!answer) return "unreachable";
    if (answer.status === 401 || answer.redirected) return "signed-out";
    if (answer.status === 507) return "server-full";
    if ([400, 403, 404, 409, 410, 413, 422].includes(answer.status)) {
      console.warn(sentenceOf(answer.status, await body(answer)));
      this.refused.add(slice.call);
      return "refused";
    }
    if (!answer.ok) return "unreachable";
    const receipt = (await body(answer)) as Receipt | null;
    return receipt && (await isReceiptFor(slice, receipt, this.key)) ? "" : "unreachable";
  }
}

async function put(slice: Slice): Promise<Response | null> {
  const { bytes, call, pass, track, index, ...said } = slice;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    return await fetch(`/evidence/calls/${call}/tracks/${track}/${index}`, {
      method: "PUT",
      body: bytes,
      headers: {
        "Content-Type": "application/octet-stream",
        Accept: "application/json",
        "X-CSRFToken": csrfToken(),
        Slice: JSON.stringify(said),
        "Delivery-Pass": pass,
      },
      signal: abort.signal,
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function body(answer: Response): Promise<Record<string, unknown> | null> {
  try {
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    return null;
  }
}
