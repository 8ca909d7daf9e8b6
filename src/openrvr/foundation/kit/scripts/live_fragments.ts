// News as DOM events on <body>, so that a fragment refreshes itself with hx-trigger="live:queue from:body".
import type { LiveMessage, LiveStream } from "./live";

const shortestGap = 100;

/**
 * Dispatches `live:<kind>` and `live:<stream>` with `detail.messages`, the first at once and those that follow
 * within 100 ms together as one; and `live:resync` after each reconnection.
 */
export function dispatchLiveEvents(stream: LiveStream): void {
  const gates = new Map<string, Gate>();
  const pass = (name: string, message: LiveMessage): void => {
    const gate = gates.get(name) ?? new Gate((messages) => dispatch(name, { messages }));
    gates.set(name, gate);
    gate.push(message);
  };
  stream.onMessage((message) => {
    pass(`live:${message.kind}`, message);
    if (message.stream !== message.kind) pass(`live:${message.stream}`, message);
  });
  stream.onResync(() => dispatch("live:resync", { messages: [] }));
}

const dispatch = (name: string, detail: { messages: LiveMessage[] }): void =>
  void document.body.dispatchEvent(new CustomEvent(name, { detail }));

class Gate {
  private waiting: LiveMessage[] = [];
  private closed = false;

  constructor(private readonly release: (messages: LiveMessage[]) => void) {}

  push(message: LiveMessage): void {
    this.waiting.push(message);
    if (!this.closed) this.open();
  }

  private open(): void {
    const messages = this.waiting;
    this.waiting = [];
    this.closed = true;
    setTimeout(() => {
      this.closed = false;
      if (this.waiting.length) this.open();
    }, shortestGap);
    this.release(messages);
  }
}
