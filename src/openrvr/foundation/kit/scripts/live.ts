// One stream of news from the server for each page: survives dropped networks, restarts and sleeping phones.
import { post, RequestRefused } from "./http";
import { noteServerTime } from "./server_clock";

/** What each kind of news carries; a step adds its own kinds by declaration merging. */
export interface LiveKinds {}

export interface LiveMessage<Data = unknown> {
  id: number;
  stream: string;
  kind: string;
  data: Data;
  /** Server time, ISO 8601. */
  at: string;
}

type DataOf<Kind extends string> = Kind extends keyof LiveKinds ? LiveKinds[Kind] : unknown;
type Handler<Data> = (data: Data, message: LiveMessage<Data>) => void;

/** `trying` also covers the first connection; `signed-out` is final: only a new sign-in helps. */
export type LiveState = "trying" | "connected" | "signed-out";

export interface LiveOptions {
  token: string;
  /** The position that the page was rendered at: nothing before it is repeated. */
  position: number;
  tokenUrl: string;
  streamUrl?: string;
}

const silenceLimit = 3000;
const reopenEvery = 1000;
const rememberedIds = 1000;

export class LiveStream {
  state: LiveState = "trying";
  /** By performance.now(); Infinity while the server is not heard. */
  connectedSince = Infinity;
  private token: string;
  private last: number;
  private source: EventSource | null = null;
  private openedAt = 0;
  private heardAt = 0;
  private failuresInARow = 0;
  private reconnecting = false;
  private everConnected = false;
  private watch: ReturnType<typeof setInterval> | undefined;
  private readonly seen = new Set<number>();
  private readonly handlers = new Map<string, Set<Handler<unknown>>>();
  private readonly everyMessage = new Set<(message: LiveMessage) => void>();
  private readonly stateChanges = new Set<(state: LiveState) => void>();
  private readonly resyncs = new Set<() => void>();

  constructor(private readonly options: LiveOptions) {
    this.token = options.token;
    this.last = options.position;
  }

  /** The stream that the page's `<body data-live-…>` describes, or null where the page has none. */
  static fromBody(): LiveStream | null {
    const { liveToken, livePosition, liveTokenUrl } = document.body.dataset;
    if (!liveToken || !liveTokenUrl) return null;
    return new LiveStream({ token: liveToken, position: Number(livePosition ?? 0), tokenUrl: liveTokenUrl });
  }

  on<Kind extends string>(kind: Kind, handler: Handler<DataOf<Kind>>): () => void {
    return remember(groupOf(this.handlers, kind), handler as Handler<unknown>);
  }

  onMessage(handler: (message: LiveMessage) => void): () => void {
    return remember(this.everyMessage, handler);
  }

  onState(handler: (state: LiveState) => void): () => void {
    return remember(this.stateChanges, handler);
  }

  /** Called after each reconnection, once what was missed has begun to arrive. */
  onResync(handler: () => void): () => void {
    return remember(this.resyncs, handler);
  }

  start(): void {
    if (this.watch) return;
    this.open();
    this.watch = setInterval(() => this.look(), 250);
    addEventListener("online", this.reopenNow);
    addEventListener("pageshow", this.reopenAfterSleep);
    document.addEventListener("visibilitychange", this.reopenAfterSleep);
  }

  stop(): void {
    clearInterval(this.watch);
    this.watch = undefined;
    this.source?.close();
    this.source = null;
    removeEventListener("online", this.reopenNow);
    removeEventListener("pageshow", this.reopenAfterSleep);
    document.removeEventListener("visibilitychange", this.reopenAfterSleep);
  }

  private readonly reopenNow = (): void => {
    if (this.watch && !this.reconnecting) this.open();
  };

  private readonly reopenAfterSleep = (): void => {
    if (document.visibilityState === "visible" && this.isSilent()) this.reopenNow();
  };

  private isSilent(): boolean {
    return performance.now() - Math.max(this.heardAt, this.openedAt) > silenceLimit;
  }

  private look(): void {
    if (this.state === "signed-out" || this.reconnecting) return;
    if (this.source && !this.isSilent()) return;
    if (this.source) this.lost();
    if (performance.now() - this.openedAt >= reopenEvery) void this.reopen();
  }

  private open(): void {
    this.source?.close();
    this.openedAt = performance.now();
    const url = `${this.options.streamUrl ?? "/live/stream"}?t=${encodeURIComponent(this.token)}&last=${this.last}`;
    const source = new EventSource(url);
    source.addEventListener("message", (event) => this.current(source) && this.receive(event));
    source.addEventListener("beat", (event) => this.current(source) && this.beat(event as MessageEvent<string>));
    source.addEventListener("whisper", (event) => this.current(source) && this.overhear(event as MessageEvent<string>));
    source.addEventListener("error", () => this.current(source) && this.lost());
    this.source = source;
  }

  private current(source: EventSource): boolean {
    return this.source === source;
  }

  // EventSource hides the status of a refusal, and its own retry neither renews a token nor notices silence:
  // so each failure closes it, and this class opens the next one.
  private lost(): void {
    this.source?.close();
    this.source = null;
    this.failuresInARow++;
    this.become("trying");
    // The server ends a stream when its token has had its time: one try with the old token and one with a new one
    // need not wait; a server that is really away is not hurried.
    if (this.failuresInARow <= 2) this.openedAt = performance.now() - reopenEvery;
  }

  private async reopen(): Promise<void> {
    this.reconnecting = true;
    try {
      if (this.failuresInARow >= 2) await this.renewToken();
      if (this.watch) this.open();
    } catch (problem) {
      this.openedAt = performance.now();
      if (problem instanceof RequestRefused && [401, 403].includes(problem.status)) this.become("signed-out");
    } finally {
      this.reconnecting = false;
    }
  }

  private async renewToken(): Promise<void> {
    const fresh = await post<{ token: string; position: number }>(this.options.tokenUrl, {}, { tries: 1, timeout: 2000 });
    this.token = fresh.token;
  }

  private heard(): void {
    this.heardAt = performance.now();
    this.failuresInARow = 0;
    if (this.state === "connected") return;
    const again = this.everConnected;
    this.everConnected = true;
    this.become("connected");
    if (again) this.resyncs.forEach((handler) => handler());
  }

  private beat(event: MessageEvent<string>): void {
    noteServerTime((JSON.parse(event.data) as { now: string }).now);
    this.heard();
  }

  private receive(event: MessageEvent<string>): void {
    this.heard();
    const id = Number(event.lastEventId);
    if (this.seen.has(id)) return;
    this.keep(id);
    const message: LiveMessage = { id, ...(JSON.parse(event.data) as Omit<LiveMessage, "id">) };
    this.everyMessage.forEach((handler) => handler(message));
    this.handlers.get(message.kind)?.forEach((handler) => handler(message.data, message));
  }

  // Told to whoever listens at this moment, and kept nowhere: only who waits for its kind hears of it.
  private overhear(event: MessageEvent<string>): void {
    this.heard();
    const { kind, data } = JSON.parse(event.data) as { kind: string; data: unknown };
    const message: LiveMessage = { id: 0, stream: "", kind, data, at: "" };
    this.handlers.get(kind)?.forEach((handler) => handler(data, message));
  }

  private keep(id: number): void {
    this.last = Math.max(this.last, id);
    this.seen.add(id);
    if (this.seen.size > rememberedIds) this.seen.delete(this.seen.values().next().value!);
  }

  private become(state: LiveState): void {
    if (this.state === state) return;
    this.state = state;
    this.connectedSince = state === "connected" ? performance.now() : Infinity;
    this.stateChanges.forEach((handler) => handler(state));
  }
}

function groupOf<Value>(groups: Map<string, Set<Value>>, key: string): Set<Value> {
  const group = groups.get(key) ?? new Set<Value>();
  groups.set(key, group);
  return group;
}

function remember<Value>(group: Set<Value>, value: Value): () => void {
  group.add(value);
  return () => void group.delete(value);
}
