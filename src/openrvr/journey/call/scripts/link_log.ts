// The call's log of its connections: each page reads its own every five seconds, and hands it in three at a time.
import { post, randomId, RequestRefused } from "#kit/http";

import type { LinkReader, LinkStats, MediaPlane, PlaneState } from "./plane";
import type { Rung } from "./rungs";

const readEvery = 5000;
const together = 3;
/** Ten minutes: who is without a network for longer than that has no call any more. */
const mostKept = 120;

interface Reading extends LinkStats {
  id: string;
  at: number;
  seconds: number;
  state: PlaneState;
  rung: Rung;
}

export class LinkLog {
  private readonly reader: LinkReader;
  private readonly timer: ReturnType<typeof setInterval>;
  private readAt = performance.now();
  private kept: Reading[] = [];
  private isSending = false;

  constructor(
    private readonly url: string,
    private readonly call: string,
    private readonly plane: MediaPlane,
  ) {
    this.reader = plane.main.reader();
    // What it counts from.
    void this.reader();
    this.timer = setInterval(() => void this.read(), readEvery);
  }

  end(): void {
    clearInterval(this.timer);
    void this.send();
  }

  private async read(): Promise<void> {
    const { plane } = this;
    if (plane.isOver || plane.main.state === "ended") return;
    const stats = await this.reader();
    const at = performance.now();
    const { state } = plane.main;
    // A connection that brings nothing is none, however well it looked.
    const bars = state === "live" ? stats.bars : 0;
    this.kept.push({ ...stats, bars, id: randomId(), at, seconds: (at - this.readAt) / 1000, state, rung: plane.rung });
    this.kept = this.kept.slice(-mostKept);
    this.readAt = at;
    if (this.kept.length >= together) await this.send();
  }

  // What does not arrive goes with the next ones.
  private async send(): Promise<void> {
    if (this.isSending || !this.kept.length) return;
    this.isSending = true;
    const sent = [...this.kept];
    const now = performance.now();
    const drop = (): void => void (this.kept = this.kept.filter((each) => !sent.includes(each)));
    try {
      await post(this.url, { call: this.call, readings: sent.map((each) => asSent(each, now)) }, { tries: 1, keepalive: true });
      drop();
    } catch (failure) {
      // The call is not this page's any more: nothing of it is wanted.
      if (failure instanceof RequestRefused) drop();
    } finally {
      this.isSending = false;
    }
  }
}

function asSent(reading: Reading, now: number): Record<string, unknown> {
  const { id, at, seconds, state, rung, route, bars, roundTripMs, lost, lostThere, inKbps, outKbps, stood, pictures, width, height } = reading;
  return {
    ...{ id, ago: (now - at) / 1000, seconds: Math.min(seconds, 120), state, rung, route, bars },
    round_trip_ms: roundTripMs === null ? null : Math.round(roundTripMs),
    ...{ lost, lost_there: lostThere, in_kbps: inKbps, out_kbps: outKbps },
    ...{ stood: Math.min(stood, seconds, 120), pictures, width, height },
  };
}
