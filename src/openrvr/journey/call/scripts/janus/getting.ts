// What comes of somebody through a node: told to them, since the node itself tells them nothing of it.
import { linesOf, pairInUse, type Line } from "../link_readings";
import type { Got } from "../plane";

/** Waiting for a packet that is sent again takes a round trip, and a little more. Milliseconds. */
const spare = 100;
/** Where so much is lost, what is sent again is lost again: it takes some round trips. */
const muchIsLost = 0.05;
/** Milliseconds for which a picture that moved is missed. */
const moving = 3000;
const roundTripsThen = 3;
const longest = 1000;
/** Where it takes less, the browser waits for long enough by itself. */
const near = 50;
/** So long after the last packet that had to be asked for again a picture may come without delay. */
const calmAfter = 30_000;

interface Counters {
  at: number;
  bytes: number;
  received: number;
  lost: number;
  askedAgain: number;
}

export class Getting {
  private before: Counters | null = null;
  private askedAgainAt = -Infinity;
  private muchWasLostAt = -Infinity;
  private frames = 0;
  private packets = 0;
  /** performance.now() of the last look at which there were pictures one after the other. */
  private movedAt = -Infinity;
  /** Since the last look; null before there is one. */
  last: Got | null = null;

  constructor(private readonly pc: RTCPeerConnection) {}

  /** Before the first packet: on a far way the first loss would stop the picture for three seconds. */
  async begin(back: RTCPeerConnection): Promise<void> {
    this.waitAsFor(roundTripOf(await linesOf(back)));
  }

  /**
   * Twice a second. `back` is the connection by which we send: only whoever sends learns how long a round trip takes.
   * `theirs` is the round trip between the other side and the node.
   */
  async look(back: RTCPeerConnection, theirs: number): Promise<void> {
    const [lines, backLines] = await Promise.all([linesOf(this.pc), linesOf(back)]);
    const now = countersOf(lines);
    const { before } = this;
    this.before = now;
    if (!before) return;
    if (now.received === 0 || now.askedAgain > before.askedAgain) this.askedAgainAt = now.at;
    const roundTripMs = roundTripOf(backLines);
    const lost = Math.max(0, now.lost - before.lost);
    const received = Math.max(0, now.received - before.received);
    this.last = {
      lost: lost + received ? lost / (lost + received) : 0,
      kbps: Math.round(((now.bytes - before.bytes) * 8) / Math.max(1, now.at - before.at)),
      roundTripMs,
    };
    if (this.last.lost > muchIsLost) this.muchWasLostAt = now.at;
    this.waitAsFor(now.at - this.askedAgainAt < calmAfter ? Math.max(roundTripMs, theirs) : 0);
  }

  /** Since the last time: packets came, and no picture could be made of them. One is missing that nobody has any more. */
  async isStuck(): Promise<boolean> {
    const receiver = this.pc.getReceivers().find(({ track }) => track.kind === "video");
    const video = receiver && videoOf([...(await receiver.getStats()).values()] as Line[]);
    const frames = Number(video?.framesReceived ?? 0);
    const packets = Number(video?.packetsReceived ?? 0);
    const now = performance.now();
    // Where a picture comes now and then, on another rung, there are packets in between too.
    if (frames > this.frames + 1) this.movedAt = now;
    const is = frames === this.frames && packets > this.packets && now - this.movedAt < moving;
    this.frames = frames;
    this.packets = packets;
    return is;
  }

  private waitAsFor(roundTrip: number): void {
    const times = performance.now() - this.muchWasLostAt < calmAfter ? roundTripsThen : 1;
    this.wait(roundTrip > near ? Math.min(longest, times * roundTrip + spare) : null);
  }

  // Left to itself the browser waits for a tenth of a second, which is over before the packet is there: the picture
  // then stands until the next key frame. Measured on 3G: it stood a fifth of the time, and with this not at all.
  private wait(milliseconds: number | null): void {
    for (const receiver of this.pc.getReceivers()) {
      if (receiver.track.kind === "video" && "jitterBufferTarget" in receiver) receiver.jitterBufferTarget = milliseconds;
    }
  }
}

const roundTripOf = (lines: Line[]): number => Number(pairInUse(lines)?.currentRoundTripTime ?? 0) * 1000;

const videoOf = (lines: Line[]): Line | undefined => lines.find((line) => line.type === "inbound-rtp" && line.kind === "video");

function countersOf(lines: Line[]): Counters {
  const video = videoOf(lines);
  const count = (name: string): number => Number(video?.[name] ?? 0);
  return {
    at: performance.now(),
    bytes: count("bytesReceived"),
    received: count("packetsReceived"),
    lost: count("packetsLost"),
    askedAgain: count("nackCount"),
  };
}
