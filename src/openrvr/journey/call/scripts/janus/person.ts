// Somebody else in a call that a node carries: what we get of them comes on a connection of its own.
import { fresh, Hearing } from "../heart";
import { lastArrival } from "../last_arrival";
import { LinkReadings } from "../link_readings";
import { Listeners } from "../listeners";
import type { Ours } from "../ours";
import type { LinkReader, Other, OtherSide, Person, PlaneState } from "../plane";
import type { Part } from "../signals";
import { Getting } from "./getting";
import { HoldingOn } from "./holding_on";
import type { Up } from "./up";

const silenceLimit = 3000;
/** A first connection on 3G takes seconds: asking for another one would only make it slower. */
const firstConnectionLimit = 8000;
const askAgainAfter = 3000;
/** Where our own way to the node is good, it is most probably theirs that is not: another one of ours is no help. */
const askAnyway = 12_000;

/** How often what we get of them is looked at, and told to them. Milliseconds. */
const lookEvery = 500;

interface Down {
  pc: RTCPeerConnection;
  getting: Getting;
  holdingOn: HoldingOn;
  remote: MediaStream;
  hearing: Hearing;
}

export class JanusPerson implements Person {
  state: PlaneState = "connecting";
  private lastHeard = performance.now();
  private down: Down | null = null;
  private askedAt = performance.now();
  private watching: ReturnType<typeof setInterval> | undefined;
  private lookedAt = 0;
  /** Between them and the node, as they tell it. */
  private theirs = 0;
  private readonly remotes = new Listeners<MediaStream>();
  private readonly states = new Listeners<PlaneState>();
  private readonly others = new Listeners<OtherSide>();

  constructor(
    readonly other: Other,
    private readonly seat: string,
    private readonly ice: RTCConfiguration,
    private readonly ours: Ours,
    private readonly send: (part: Part) => void,
    private readonly up: () => Up | null,
    /** Since when the server has been heard without a break, by performance.now(); Infinity: it is not. */
    private readonly serverHeardSince: () => number,
  ) {}

  get heardAt(): number {
    return Math.max(this.lastHeard, this.down ? lastArrival(this.down.pc) : -Infinity);
  }

  start(): void {
    this.watching = setInterval(() => this.watch(), 250);
  }

  stop(): void {
    clearInterval(this.watching);
    this.drop();
    this.ours.unpace(this.other.seat);
    this.become("ended");
  }

  /** Their page has closed. */
  away(): void {
    this.drop();
    this.ours.unpace(this.other.seat);
    this.become("away");
  }

  /** Everything begins again: with another node, or another page load of ours. */
  lost(): void {
    this.drop();
    if (this.state === "live") this.become("silent");
    this.askedAt = performance.now();
  }

  /** What they send is to be had, under the name that the node has for it. */
  async offered(sdp: string, feed: string): Promise<void> {
    this.drop();
    const down = this.open();
    // The node speaks on a channel of this name only once somebody has opened one; and then by its rules.
    down.hearing.on(down.pc.createDataChannel(feed, fresh));
    if (this.state !== "silent") this.become("connecting");
    this.ours.pace(this.other.seat);
    await down.pc.setRemoteDescription({ type: "offer", sdp });
    const back = this.up()?.pc;
    if (back) void down.getting.begin(back);
    await down.pc.setLocalDescription();
    if (this.down === down) this.send({ of: this.other.seat, answered: down.pc.localDescription!.sdp });
  }

  onRemote(handler: (stream: MediaStream) => void): () => void {
    if (this.down?.remote.getTracks().length) handler(this.down.remote);
    return this.remotes.add(handler);
  }

  onState(handler: (state: PlaneState) => void): () => void {
    return this.states.add(handler);
  }

  onOtherSide(handler: (other: OtherSide) => void): () => void {
    return this.others.add(handler);
  }

  reader(): LinkReader {
    const readings = new LinkReadings();
    return () => readings.read(this.down?.pc ?? null, this.up()?.pc ?? null);
  }

  private open(): Down {
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...this.ice });
    const down: Down = { pc, getting: new Getting(pc), holdingOn: new HoldingOn(pc), remote: new MediaStream(), hearing: new Hearing() };
    this.down = down;
    const { seat } = this.other;
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (this.down === down) this.send({ of: seat, candidate: candidate?.toJSON() ?? null });
    });
    pc.addEventListener("track", ({ track }) => {
      down.remote.addTrack(track);
      if (this.down === down) this.remotes.tell(down.remote);
    });
    down.hearing.beats.add((other) => this.down === down && this.onBeat(other));
    return down;
  }

  private drop(): void {
    this.lastHeard = this.heardAt;
    delete this.ours.gets[this.other.seat];
    this.down?.pc.close();
    this.down = null;
  }

  private onBeat(other: OtherSide): void {
    this.lastHeard = performance.now();
    // They may have missed a part of ours.
    if (this.state === "silent") void this.up()?.beginPictureAnew();
    this.become("live");
    const { [this.seat]: got } = other.gets ?? {};
    if (got) {
      this.theirs = got.roundTripMs;
      this.ours.read(this.other.seat, got);
    }
    this.others.tell(other);
  }

  private watch(): void {
    const now = performance.now();
    const { down } = this;
    if (this.state === "away") return;
    if (!down) return this.miss(now);
    if (now - this.lookedAt > lookEvery && down.pc.connectionState === "connected") {
      this.lookedAt = now;
      void this.look(down);
    }
    down.holdingOn.look();
    void this.unstick(down);
    const { everHeard, heardAt } = down.hearing;
    if (now - heardAt < (everHeard ? silenceLimit : firstConnectionLimit)) return;
    if (this.state === "live") this.become("silent");
    const wait = down.pc.connectionState === "connected" ? askAnyway : askAgainAfter;
    if (now - Math.max(this.askedAt, heardAt, this.serverHeardSince()) < wait) return;
    this.askedAt = now;
    this.send({ anew: this.other.seat });
  }

  /** What they send was never offered to us, or is not any more. */
  private miss(now: number): void {
    if (this.up()?.pc.connectionState !== "connected" || now - this.askedAt < askAgainAfter) return;
    this.askedAt = now;
    this.send({ anew: this.other.seat });
  }

  private async look({ getting }: Down): Promise<void> {
    const back = this.up()?.pc;
    if (back) await getting.look(back, this.theirs);
    if (getting.last) this.ours.gets[this.other.seat] = getting.last;
  }

  // Left to itself the browser waits for three seconds before it asks for a whole picture.
  private async unstick({ getting, pc }: Down): Promise<void> {
    if (pc.connectionState === "connected" && (await getting.isStuck())) this.send({ key: this.other.seat });
  }

  private become(state: PlaneState): void {
    if (this.state === state || this.state === "ended") return;
    this.state = state;
    this.states.tell(state);
  }
}
