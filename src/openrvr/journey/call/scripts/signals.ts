// Messages between the two browsers, by way of the server: in order, each sent until it is accepted.
import { randomId } from "#kit/http";
import type { LiveStream } from "#kit/live";

export type Part =
  | { hello: true }
  | { description: RTCSessionDescriptionInit; round: number }
  | { candidate: RTCIceCandidateInit | null }
  | { redial: true }
  | { bye: true }
  // To and from the media plane: see journey/call/media/janus/signals.py.
  | { publish: string; round: number }
  | { published: string; round: number }
  | { of: string; feed: string; offered: string }
  | { of: string; answered: string }
  | { of: string; candidate: RTCIceCandidateInit | null }
  | { anew: string | true }
  | { key: string }
  | { away: string };

/** `from` and `to` name page loads, not people: a reload is a new session. `to: null` is for whoever is there. */
export type Signal = { from: string; to: string | null } & (Part | { parts: Part[] });

type OnePart = { from: string; to: string | null } & Part;

export interface SignalPath {
  /** Since when the server has been heard without a break, by performance.now(); Infinity: it is not. */
  readonly heardSince: number;
  send(signal: OnePart, seat: string): void;
  /** Forget what has not left yet for that seat, or some of it: a new attempt has made it void. */
  dropUnsent(seat: string, which?: (part: Part) => boolean): void;
  /** At the end of the page, without waiting for an answer. */
  sendLast(signal: Signal, seat: string): void;
  /** `by` is the seat that it comes from, in the server's word; `at` when it came there, by the server's clock, in ms. */
  onSignal(handler: (signal: Signal, by: string, at: number) => void): () => void;
  close(): void;
}

export interface SignalOptions {
  call: string;
  pass: string;
  live: LiveStream;
  /** The server says that the call is over, or does not know this pass any more. */
  onOver?: () => void;
  url?: string;
}

const timeout = 2000;
const pauseAfterFailure = 250;
/** The server takes twice as much in one request. Characters. */
const mostTogether = 16_384;

export class ServerSignals implements SignalPath {
  private waiting: { signal: OnePart; seat: string }[] = [];
  private sending = false;
  private closed = false;

  constructor(private readonly options: SignalOptions) {}

  get heardSince(): number {
    return this.options.live.connectedSince;
  }

  onSignal(handler: (signal: Signal, by: string, at: number) => void): () => void {
    return this.options.live.on("call.signal", ({ call, by, data }, { at }) => {
      if (call === this.options.call && !this.closed) handler(data as Signal, by, Date.parse(at));
    });
  }

  send(signal: OnePart, seat: string): void {
    if (this.closed) return;
    const saysItAgain = (other: OnePart): boolean => "hello" in signal && "hello" in other && other.to === signal.to;
    this.waiting = this.waiting.filter((other) => other.seat !== seat || !saysItAgain(other.signal));
    this.waiting.push({ signal, seat });
    if (!this.sending) void this.drain();
  }

  dropUnsent(seat: string, which: (part: Part) => boolean = () => true): void {
    this.waiting = this.waiting.filter((other) => other.seat !== seat || !which(other.signal));
  }

  sendLast(signal: Signal, seat: string): void {
    if (this.closed) return;
    void fetch(this.url, { ...this.request(randomId(), signal, seat), keepalive: true }).catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    this.waiting = [];
  }

  private get url(): string {
    return this.options.url ?? "/live/signal";
  }

  // One request at a time keeps the order. What gathers meanwhile (candidates, mostly) goes together in the next
  // one: on a slow network twelve candidates would otherwise take twelve round trips.
  private async drain(): Promise<void> {
    this.sending = true;
    while (this.waiting.length && !this.closed) await this.deliver(...this.takeNext());
    this.sending = false;
  }

  private takeNext(): [Signal, string] {
    const { signal: first, seat } = this.waiting[0]!;
    let size = 0;
    const others = this.waiting.findIndex((other, index) => {
      size += JSON.stringify(other.signal).length;
      const isFull = index > 0 && size > mostTogether;
      return isFull || other.seat !== seat || other.signal.from !== first.from || other.signal.to !== first.to;
    });
    const together = this.waiting.splice(0, others < 0 ? this.waiting.length : others);
    if (together.length === 1) return [first, seat];
    const parts = together.map(({ signal: { from: _from, to: _to, ...part } }) => part as Part);
    return [{ from: first.from, to: first.to, parts }, seat];
  }

  private async deliver(signal: Signal, seat: string): Promise<void> {
    const id = randomId();
    while (!this.closed) {
      const status = await this.attempt(id, signal, seat);
      if (status >= 200 && status < 300) return;
      if (status === 401 || status === 409) return this.over();
      // A request the server cannot read will not be read the second time either.
      if (status === 400 || status === 413 || status === 422) return;
      await new Promise((resolve) => setTimeout(resolve, pauseAfterFailure));
    }
  }

  private async attempt(id: string, signal: Signal, seat: string): Promise<number> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    try {
      return (await fetch(this.url, { ...this.request(id, signal, seat), signal: abort.signal })).status;
    } catch {
      return 0;
    } finally {
      clearTimeout(timer);
    }
  }

  private request(id: string, data: Signal, to: string): RequestInit {
    return {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ pass: this.options.pass, id, to, data }),
    };
  }

  private over(): void {
    this.close();
    this.options.onOver?.();
  }
}
