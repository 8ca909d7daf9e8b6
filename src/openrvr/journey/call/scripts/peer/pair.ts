// This browser and one other, with nothing between them. It notices a dead link within 3 s and comes back by itself.
import { randomId } from "#kit/http";
import { serverNow } from "#kit/server_clock";

import { lastArrival } from "../last_arrival";
import { LinkReadings } from "../link_readings";
import { Listeners } from "../listeners";
import type { Ours } from "../ours";
import type { LinkReader, Other, OtherSide, Person, PlaneState, Role } from "../plane";
import type { Part, Signal, SignalPath } from "../signals";
import { PeerLink } from "./link";

const silenceLimit = 3000;
/** A first connection on 3G takes seconds: redialling it would only make it slower. */
const firstConnectionLimit = 8000;
const redialEvery = 3000;
/** Whoever has not answered these is without a network, and told more rarely: all of it will arrive at once. */
const redialsAtThatPace = 2;
const redialAtLeastEvery = 12_000;
/** Of those that the other side has heard. */
const redialsBeforeNewSession = 4;
const helloEvery = 4000;
const newSessionAtMostEvery = 2000;
/** Both sides notice a silence at about the same time; one new offer answers both. */
const redialTwiceWithin = 1500;

/** Offers of theirs that may still have been asked for by us, after a way was found: see takeOffer. */
const offersBelieved = 2;
/** They beat each second: who was heard so lately has a way. */
const beatsLate = 1500;

type Offer = Extract<Part, { description: unknown }>;

const isOffer = (part: Part): part is Offer => "description" in part && part.description.type === "offer";

export class PeerPair implements Person {
  state: PlaneState = "connecting";
  private lastHeard = performance.now();
  private session = randomId();
  /** The page load over there. */
  private there: string | null = null;
  private readonly retired = new Set<string>();
  /** The last one that has arrived; those before it are stale. */
  private newestOffer = { from: "", round: 0 };
  private link: PeerLink | null = null;
  /** When they were heard again after a silence, by the server's clock, in ms. */
  private foundAt = -Infinity;
  /** Offers that were made since then. */
  private offersSince = 0;
  private redials = 0;
  /** Redials since they were last heard to say anything. */
  private unheard = 0;
  private redialledAt = 0;
  private helloAt = 0;
  private newSessionAt = -Infinity;
  private watching: ReturnType<typeof setInterval> | undefined;
  private inbox: Promise<void> = Promise.resolve();
  private readonly remotes = new Listeners<MediaStream>();
  private readonly states = new Listeners<PlaneState>();
  private readonly others = new Listeners<OtherSide>();

  constructor(
    readonly other: Other,
    private readonly ice: RTCConfiguration,
    private readonly ours: Ours,
    private readonly signals: SignalPath,
    private readonly role: Role,
  ) {}

  get heardAt(): number {
    return Math.max(this.lastHeard, this.link ? lastArrival(this.link.pc) : -Infinity);
  }

  start(): void {
    this.watching = setInterval(() => this.watch(), 250);
    this.sayHello(null);
  }

  stop(): void {
    clearInterval(this.watching);
    this.dropLink();
    this.become("ended");
  }

  /** Our page closes, as far as it can know. */
  sayBye(): void {
    this.signals.sendLast({ from: this.session, to: this.there, bye: true }, this.other.seat);
  }

  onRemote(handler: (stream: MediaStream) => void): () => void {
    if (this.link?.remote.getTracks().length) handler(this.link.remote);
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
    return () => readings.read(this.link?.pc ?? null);
  }

  private sayHello(to: string | null): void {
    this.helloAt = performance.now();
    this.send({ hello: true }, to);
  }

  private send(part: Part, to: string | null = this.there): void {
    this.signals.send({ from: this.session, to, ...part }, this.other.seat);
  }

  // Steps are worked off one after the other: each part of an agreement must be done before the next begins.
  private enqueue(step: () => Promise<void>): void {
    this.inbox = this.inbox.then(step).catch((problem: unknown) => this.onBrokenAgreement(problem));
  }

  /** Said at `at`, by the server's clock, in ms. */
  receive(signal: Signal, at: number): void {
    for (const part of "parts" in signal ? signal.parts : [signal]) {
      if (isOffer(part)) this.newestOffer = { from: signal.from, round: part.round };
      this.enqueue(() => this.take(signal, part, at));
    }
  }

  private async take({ from, to }: Signal, part: Part, at: number): Promise<void> {
    if (this.state === "ended" || from === this.session || this.retired.has(from)) return;
    if (to !== null && to !== this.session) return;
    if ("bye" in part) return this.onBye(from);
    this.unheard = 0;
    if (from !== this.there) return this.meet(from, to, part);
    if ("redial" in part) return this.onRedialAsked();
    if (isOffer(part)) await this.takeOffer(from, part, at);
    else await this.link?.accept(part);
  }

  private async takeOffer(from: string, part: Offer, at: number): Promise<void> {
    // Whoever was away gets all that was said meanwhile at once. To answer each offer would take seconds.
    if (this.newestOffer.from === from && part.round < this.newestOffer.round) return;
    if (!this.link?.isLooking) return this.link?.accept(part);
    // It has found the way again by itself, and the offer was made before; or was asked for by us before. Whoever goes on
    // making offers does not hear us.
    if (at > this.foundAt) this.offersSince++;
    const isHeard = performance.now() - this.link.hearing.heardAt < beatsLate;
    if (!isHeard || this.offersSince > offersBelieved) this.newSession();
  }

  /** Another page load than we knew: whatever we had with the one before is over. */
  private async meet(from: string, to: string | null, part: Part): Promise<void> {
    if (this.there) this.retired.add(this.there);
    this.there = from;
    const link = this.openLink();
    if (!this.other.offers) return link.offer();
    // Not spoken to us by name: it does not know us yet. (An offer introduces the other side by itself.)
    if (to === null) this.sayHello(from);
    await link.accept(part);
  }

  private async onRedialAsked(): Promise<void> {
    if (this.other.offers || performance.now() - this.redialledAt < redialTwiceWithin) return;
    await this.redial();
  }

  private onBye(from: string): void {
    if (from !== this.there) return;
    this.retired.add(from);
    this.there = null;
    this.dropLink();
    this.become("away");
  }

  private onBrokenAgreement(problem: unknown): void {
    console.warn("The two sides could not agree; starting again.", problem);
    this.newSession();
  }

  private openLink(): PeerLink {
    this.dropLink();
    this.redials = 0;
    const link = new PeerLink({
      ice: this.ice,
      offers: !this.other.offers,
      ours: this.ours,
      isGuests: this.other.role === "guest" || this.role === "guest",
      send: (part) => this.link === link && this.send(part),
    });
    link.hearing.beats.add((other) => this.link === link && this.onBeat(other));
    link.tracks.add(() => this.link === link && this.remotes.tell(link.remote));
    link.failures.add(() => this.link === link && this.newSession());
    this.link = link;
    this.become("connecting");
    return link;
  }

  private dropLink(): void {
    this.lastHeard = this.heardAt;
    const link = this.link;
    this.link = null;
    link?.close();
  }

  private onBeat(other: OtherSide): void {
    this.lastHeard = performance.now();
    this.redials = 0;
    this.unheard = 0;
    if (this.state === "silent") this.found();
    this.become("live");
    this.others.tell(other);
  }

  /** The way is there again, by itself. */
  private found(): void {
    this.foundAt = serverNow();
    this.offersSince = 0;
    this.signals.dropUnsent(this.other.seat, (part) => "redial" in part);
    void this.link?.beginPictureAnew();
  }

  private watch(): void {
    const now = performance.now();
    void this.link?.reach().catch(() => undefined);
    if (!this.link) {
      if (now - this.helloAt > helloEvery) this.sayHello(null);
      return;
    }
    const limit = this.link.hearing.everHeard ? silenceLimit : firstConnectionLimit;
    if (now - this.link.hearing.heardAt < limit) return;
    if (this.state === "live") this.become("silent");
    if (now - this.redialledAt < this.redialPause) return;
    if (this.redials >= redialsBeforeNewSession) this.newSession();
    else this.beginRedial();
  }

  private get redialPause(): number {
    return Math.min(redialEvery * 2 ** Math.max(0, this.unheard - redialsAtThatPace), redialAtLeastEvery);
  }

  private beginRedial(): void {
    this.redialledAt = performance.now();
    this.enqueue(() => this.redial());
  }

  private async redial(): Promise<void> {
    // They hear us, and still there is no way: only then a new session may help.
    if (this.unheard === 0) this.redials++;
    this.unheard++;
    this.redialledAt = performance.now();
    this.signals.dropUnsent(this.other.seat);
    if (this.other.offers) this.send({ redial: true });
    else await this.link?.offer();
  }

  /** Start from nothing, as if this page had been reloaded. */
  newSession(): void {
    if (this.state === "ended") return;
    const now = performance.now();
    const tooSoon = now - this.newSessionAt < newSessionAtMostEvery;
    this.newSessionAt = now;
    this.dropLink();
    this.signals.dropUnsent(this.other.seat);
    this.there = null;
    this.session = randomId();
    if (this.state === "live") this.become("silent");
    // Two browsers that cannot agree must not keep the server busy: the watch says hello a little later.
    if (tooSoon) this.helloAt = now;
    else this.sayHello(null);
  }

  private become(state: PlaneState): void {
    if (this.state === state || this.state === "ended") return;
    this.state = state;
    this.states.tell(state);
  }
}
