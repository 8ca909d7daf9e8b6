// A thread as a page holds it: what stands on the server, and what is still on its way there. Nothing is lost and nothing
// stands twice: what is new is read from the last line that was read, and a line goes with a key of its own.
import { post, randomId, RequestRefused, wait } from "#kit/http";

export type Side = "victim" | "call_taker" | "officer";

export interface Line {
  id: number;
  /** Of the page that said it. */
  key: string;
  side: Side;
  words: string;
  /** ISO 8601. */
  at: string;
  /** Of the staff, to the staff. */
  who?: string;
  /** Said by a link that has ended. */
  earlier?: boolean;
}

/** Said here, and not on the server yet. */
export interface Outgoing {
  key: string;
  words: string;
  /** It did not get through at once, and is sent again. */
  isLate: boolean;
}

interface Answer {
  lines: Line[];
  read: number;
  seen: number;
  closed?: string;
}

declare module "#kit/live" {
  interface LiveKinds {
    "chat.said": { side: Side; reference?: string };
    "chat.shown": { side: Side; reference?: string };
    "chat.writing": { reference: string };
  }
}

interface Happenings {
  /** Something is different. */
  changed: () => void;
  /** The server understood and said no: the words are given back with its sentence. */
  refused: (words: string, sentence: string) => void;
}

const timeout = 6000;
const pause = 1500;
/** The server forgets after five seconds that she is writing. */
const tellWritingEvery = 3000;

export class Thread {
  readonly lines: Line[] = [];
  private readonly queue: Outgoing[] = [];
  /** The last line of this side that the other side's page has shown. */
  read = 0;
  /** Why nothing can be written now; empty where it can. */
  closed = "";
  /** Whether the server has answered at all. */
  isThere = false;
  private readTo = 0;
  /** Shown by any page of this side, and by this one. */
  private seenTo = 0;
  private shownTo = 0;
  private reading: Promise<void> | null = null;
  private again = false;
  private sending = false;
  private stopped = false;
  private toldWriting = -Infinity;

  /** `url` ends with a stroke; `isMine` tells this page's own side. */
  constructor(
    private readonly url: string,
    private readonly isMine: (line: Line) => boolean,
    private readonly happens: Happenings,
  ) {}

  /** What was said here and is not known to stand on the server. */
  get outgoing(): Outgoing[] {
    return this.queue.filter(({ key }) => !this.lines.some((line) => line.key === key));
  }

  /** What the other side has said and no page of this side has shown. */
  get unread(): number {
    const to = Math.max(this.seenTo, this.shownTo);
    return this.lines.filter((line) => !this.isMine(line) && line.id > to).length;
  }

  stop(): void {
    this.stopped = true;
  }

  /** Done when the page knows what the server knew when it was asked. */
  refresh(): Promise<void> {
    this.again = true;
    this.reading ??= this.readOn().finally(() => (this.reading = null));
    return this.reading;
  }

  say(words: string): void {
    this.queue.push({ key: randomId(), words, isLate: false });
    this.happens.changed();
    void this.send();
  }

  /** What stands here is on the screen now. */
  show(): void {
    const last = Math.max(0, ...this.lines.filter((line) => !this.isMine(line)).map((line) => line.id));
    if (last <= this.shownTo) return;
    const before = this.shownTo;
    this.shownTo = last;
    // Not told: the next time that something is shown tells of this as well.
    post(`${this.url}shown`, { until: last }).catch(() => (this.shownTo = Math.min(this.shownTo, before)));
  }

  /** Something is being typed here. */
  tellWriting(): void {
    if (performance.now() - this.toldWriting < tellWritingEvery) return;
    this.toldWriting = performance.now();
    // A light signal: the next one says the same.
    void post(`${this.url}writing`, {}, { tries: 1 }).catch(() => undefined);
  }

  private async readOn(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      const answer = await this.ask();
      if (answer) this.take(answer);
      else {
        this.again = true;
        await wait(pause);
      }
    }
  }

  private async ask(): Promise<Answer | null> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(`${this.url}?after=${this.readTo}`, { headers, cache: "no-store", signal: abort.signal });
      // Of no use any more: the page hears of its end elsewhere.
      if (answer.status === 404 || answer.status === 401) this.stop();
      return answer.ok ? ((await answer.json()) as Answer) : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  private take({ lines, read, seen, closed }: Answer): void {
    this.isThere = true;
    this.readTo = Math.max(this.readTo, ...lines.map((line) => line.id));
    this.read = Math.max(this.read, read);
    this.seenTo = Math.max(this.seenTo, seen);
    this.closed = closed ?? "";
    this.add(lines);
  }

  private add(lines: Line[]): void {
    for (const line of lines) if (!this.lines.some(({ id }) => id === line.id)) this.lines.push(line);
    this.lines.sort((one, other) => one.id - other.id);
    this.happens.changed();
  }

  // One after the other: they stand in the order in which they were said.
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (this.queue.length && !this.stopped) await this.sendOne(this.queue[0]!);
    this.sending = false;
  }

  private async sendOne(next: Outgoing): Promise<void> {
    const { key, words } = next;
    try {
      const line = await post<Line>(`${this.url}say`, { key, words }, { key });
      this.queue.shift();
      this.add([line]);
    } catch (problem) {
      if (problem instanceof RequestRefused && problem.status < 500 && problem.status !== 429) {
        this.queue.shift();
        this.happens.refused(words, problem.message);
        return;
      }
      next.isLate = true;
      this.happens.changed();
      await wait(pause);
    }
  }
}
