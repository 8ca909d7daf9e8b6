// Browser to browser, nothing to install. It notices a dead link within 3 s and comes back by itself.
import { randomId } from "#kit/http";

import { Camera, type Facing } from "./camera";
import { Listeners } from "./listeners";
import { LinkReadings } from "./link_readings";
import { PeerLink } from "./peer_link";
import type { CallTicket, LinkStats, MediaKind, MediaPlane, OtherSide, PlaneState } from "./plane";
import type { Rung } from "./rungs";
import type { Part, Signal, SignalPath } from "./signals";

const silenceLimit = 3000;
/** A first connection on 3G takes seconds: redialling it would only make it slower. */
const firstConnectionLimit = 8000;
const redialEvery = 3000;
const redialsBeforeNewSession = 4;
const helloEvery = 4000;
const newSessionAtMostEvery = 2000;
/** Both sides notice a silence at about the same time; one new offer answers both. */
const redialTwiceWithin = 1500;

export class PeerPlane implements MediaPlane {
  state: PlaneState = "connecting";
  private session = randomId();
  private other: string | null = null;
  private readonly retired = new Set<string>();
  private link: PeerLink | null = null;
  /** One that was never opened, until the call is there. */
  private camera = new Camera();
  private records = false;
  rung: Rung = "video";
  private alarm = "";
  private redials = 0;
  private redialledAt = 0;
  private helloAt = 0;
  private newSessionAt = -Infinity;
  private watching: ReturnType<typeof setInterval> | undefined;
  private stopListening: () => void = () => undefined;
  private inbox: Promise<void> = Promise.resolve();
  private readonly readings = new LinkReadings();
  private readonly remotes = new Listeners<MediaStream>();
  private readonly states = new Listeners<PlaneState>();
  private readonly others = new Listeners<OtherSide>();

  constructor(
    private readonly ticket: CallTicket,
    private readonly signals: SignalPath,
  ) {}

  start(): void {
    // An old browser: what goes by the server, as writing does, goes on without it.
    if (window.RTCPeerConnection === undefined) return;
    this.stopListening = this.signals.onSignal((signal) => this.receive(signal));
    this.watching = setInterval(() => this.watch(), 250);
    addEventListener("pagehide", this.sayBye);
    addEventListener("pageshow", this.comeBack);
    document.addEventListener("visibilitychange", this.beatNow);
    this.sayHello(null);
  }

  use(camera: Camera): void {
    this.camera = camera;
    this.link?.use(camera);
  }

  stop(): void {
    if (this.state === "ended") return;
    clearInterval(this.watching);
    this.stopListening();
    removeEventListener("pagehide", this.sayBye);
    removeEventListener("pageshow", this.comeBack);
    document.removeEventListener("visibilitychange", this.beatNow);
    this.dropLink();
    this.signals.close();
    this.become("ended");
  }

  async setCamera(facing: Facing): Promise<void> {
    await this.camera.face(facing);
    this.beatNow();
  }

  mute(kind: MediaKind, muted: boolean): void {
    this.camera.mute(kind, muted);
    this.beatNow();
  }

  carry(rung: Rung): void {
    if (this.rung === rung) return;
    this.rung = rung;
    this.link?.carry(rung);
  }

  tellRecording(records: boolean): void {
    if (this.records === records) return;
    this.records = records;
    this.beatNow();
  }

  tellAlarm(key: string): void {
    if (this.alarm === key) return;
    this.alarm = key;
    this.beatNow();
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

  stats(): Promise<LinkStats> {
    return this.readings.read(this.link?.pc ?? null);
  }

  private readonly beatNow = (): void => this.link?.beat();

  private readonly sayBye = (): void => {
    this.signals.sendLast({ from: this.session, to: this.other, bye: true });
  };

  // The browser kept the page in memory and shows it again: our bye has been said, so come in anew.
  private readonly comeBack = (event: PageTransitionEvent): void => {
    if (event.persisted) this.newSession();
  };

  private sayHello(to: string | null): void {
    this.helloAt = performance.now();
    this.send({ hello: true }, to);
  }

  private send(part: Part, to: string | null = this.other): void {
    this.signals.send({ from: this.session, to, ...part });
  }

  // Steps are worked off one after the other: each part of an agreement must be done before the next begins.
  private enqueue(step: () => Promise<void>): void {
    this.inbox = this.inbox.then(step).catch((problem: unknown) => this.onBrokenAgreement(problem));
  }

  private receive(signal: Signal): void {
    for (const part of "parts" in signal ? signal.parts : [signal]) this.enqueue(() => this.take(signal, part));
  }

  private async take({ from, to }: Signal, part: Part): Promise<void> {
    if (this.state === "ended" || from === this.session || this.retired.has(from)) return;
    if (to !== null && to !== this.session) return;
    if ("bye" in part) return this.onBye(from);
    if (from !== this.other) return this.meet(from, to, part);
    if ("redial" in part) return this.onRedialAsked();
    await this.link?.accept(part);
  }

  /** Another page load than we knew: whatever we had with the one before is over. */
  private async meet(from: string, to: string | null, part: Part): Promise<void> {
    if (this.other) this.retired.add(this.other);
    this.other = from;
    const link = this.openLink();
    if (!this.ticket.polite) return link.offer();
    // Not spoken to us by name: it does not know us yet. (An offer introduces the other side by itself.)
    if (to === null) this.sayHello(from);
    await link.accept(part);
  }

  private async onRedialAsked(): Promise<void> {
    if (this.ticket.polite || performance.now() - this.redialledAt < redialTwiceWithin) return;
    await this.redial();
  }

  private onBye(from: string): void {
    if (from !== this.other) return;
    this.retired.add(from);
    this.other = null;
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
      ice: this.ticket.ice,
      offers: !this.ticket.polite,
      camera: this.camera,
      rung: this.rung,
      records: () => this.records,
      alarm: () => this.alarm,
      send: (part) => this.link === link && this.send(part),
    });
    link.beats.add((other) => this.link === link && this.onBeat(other));
    link.tracks.add(() => this.link === link && this.remotes.tell(link.remote));
    link.failures.add(() => this.link === link && this.newSession());
    this.link = link;
    this.become("connecting");
    return link;
  }

  private dropLink(): void {
    const link = this.link;
    this.link = null;
    link?.close();
  }

  private onBeat(other: OtherSide): void {
    this.redials = 0;
    this.become("live");
    this.others.tell(other);
  }

  private watch(): void {
    const now = performance.now();
    if (!this.link) {
      if (now - this.helloAt > helloEvery) this.sayHello(null);
      return;
    }
    const limit = this.link.everHeard ? silenceLimit : firstConnectionLimit;
    if (now - this.link.heardAt < limit) return;
    if (this.state === "live") this.become("silent");
    if (now - this.redialledAt < redialEvery) return;
    if (this.redials >= redialsBeforeNewSession) this.newSession();
    else this.beginRedial();
  }

  private beginRedial(): void {
    this.redialledAt = performance.now();
    this.enqueue(() => this.redial());
  }

  private async redial(): Promise<void> {
    this.redials++;
    this.redialledAt = performance.now();
    this.signals.dropUnsent();
    if (this.ticket.polite) this.send({ redial: true });
    else await this.link?.offer();
  }

  /** Start from nothing, as if this page had been reloaded. */
  private newSession(): void {
    if (this.state === "ended") return;
    const now = performance.now();
    const tooSoon = now - this.newSessionAt < newSessionAtMostEvery;
    this.newSessionAt = now;
    this.dropLink();
    this.signals.dropUnsent();
    this.other = null;
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
