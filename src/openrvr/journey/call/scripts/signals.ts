// Messages between the two browsers, by way of the server: in order, each sent until it is accepted.
import { randomId } from "#kit/http";
import type { LiveStream } from "#kit/live";

export type Part =
  | { hello: true }
  | { description: RTCSessionDescriptionInit; round: number }
  | { candidate: RTCIceCandidateInit | null }
  | { redial: true }
  | { bye: true };

/** `from` and `to` name page loads, not people: a reload is a new session. `to: null` is for whoever is there. */
export type Signal = { from: string; to: string | null } & (Part | { parts: Part[] });

export interface SignalPath {
  send(signal: { from: string; to: string | null } & Part): void;
  /** Forget what has not left yet: a new attempt has made it void. */
  dropUnsent(): void;
  /** At the end of the page, without waiting for an answer. */
  sendLast(signal: Signal): void;
  onSignal(handler: (signal: Signal) => void): () => void;
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

export class ServerSignals implements SignalPath {
  private waiting: ({ from: string; to: string | null } & Part)[] = [];
  private sending = false;
  private closed = false;

  constructor(private readonly options: SignalOptions) {}

  onSignal(handler: (signal: Signal) => void): () => void {
    return this.options.live.on("call.signal", ({ call, data }) => {
      if (call === this.options.call && !this.closed) handler(data as Signal);
    });
  }

  send(signal: { from: string; to: string | null } & Part): void {
    if (this.closed) return;
    if ("hello" in signal) this.waiting = this.waiting.filter((other) => !("hello" in other && other.to === signal.to));
    this.waiting.push(signal);
    if (!this.sending) void this.drain();
  }

  dropUnsent(): void {
    this.waiting = [];
  }

  sendLast(signal: Signal): void {
    if (this.closed) return;
    void fetch(this.url, { ...this.request(randomId(), signal), keepalive: true }).catch(() => undefined);
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
    while (this.waiting.length && !this.closed) await this.deliver(this.takeNext());
    this.sending = false;
  }

  private takeNext(): Signal {
    const first = this.waiting[0]!;
    const others = this.waiting.findIndex((signal) => signal.from !== first.from || signal.to !== first.to);
    const together = this.waiting.splice(0, others < 0 ? this.waiting.length : others);
    if (together.length === 1) return first;
    const parts = together.map(({ from: _from, to: _to, ...part }) => part as Part);
    return { from: first.from, to: first.to, parts };
  }

  private async deliver(signal: Signal): Promise<void> {
    const id = randomId();
    while (!this.closed) {
      const status = await this.attempt(id, signal);
      if (status >= 200 && status < 300) return;
      if (status === 401 || status === 409) return this.over();
      // A request the server cannot read will not be read the second time either.
      if (status === 400 || status === 413 || status === 422) return;
      await new Promise((resolve) => setTimeout(resolve, pauseAfterFailure));
    }
  }

  private async attempt(id: string, signal: Signal): Promise<number> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    try {
      return (await fetch(this.url, { ...this.request(id, signal), signal: abort.signal })).status;
    } catch {
      return 0;
    } finally {
      clearTimeout(timer);
    }
  }

  private request(id: string, data: Signal): RequestInit {
    return {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ pass: this.options.pass, id, data }),
    };
  }

  private over(): void {
    this.close();
    this.options.onOver?.();
  }
}
