// Browser to browser, nothing to install: each person in a call has a link of his own to every other.
import type { Camera, Facing } from "../camera";
import { Listeners } from "../listeners";
import { Ours } from "../ours";
import type { CallTicket, MediaKind, MediaPlane } from "../plane";
import type { Rung } from "../rungs";
import type { SignalPath } from "../signals";
import { PeerPair } from "./pair";

export class PeerPlane implements MediaPlane {
  readonly main: PeerPair;
  isOver = false;
  private readonly pairs: Map<string, PeerPair>;
  private readonly ours: Ours;
  private camera: Camera | null = null;
  private stopListening: () => void = () => undefined;
  private readonly stops = new Listeners<void>();

  constructor(
    { others, role, ice }: CallTicket,
    private readonly signals: SignalPath,
  ) {
    this.ours = new Ours(role);
    this.pairs = new Map(others.map((other) => [other.seat, new PeerPair(other, ice, this.ours, signals)]));
    this.main = this.pairs.get(others[0]!.seat)!;
  }

  get rung(): Rung {
    return this.ours.rung;
  }

  start(): void {
    // An old browser: what goes by the server, as writing does, goes on without it.
    if (window.RTCPeerConnection === undefined) return;
    this.stopListening = this.signals.onSignal((signal, by) => this.pairs.get(by)?.receive(signal));
    addEventListener("pagehide", this.sayBye);
    addEventListener("pageshow", this.comeBack);
    document.addEventListener("visibilitychange", this.tellNow);
    for (const pair of this.pairs.values()) pair.start();
  }

  use(camera: Camera): void {
    this.camera = camera;
    this.ours.use(camera);
  }

  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopListening();
    removeEventListener("pagehide", this.sayBye);
    removeEventListener("pageshow", this.comeBack);
    document.removeEventListener("visibilitychange", this.tellNow);
    for (const pair of this.pairs.values()) pair.stop();
    this.ours.stop();
    this.signals.close();
    this.stops.tell();
  }

  onStop(handler: () => void): () => void {
    return this.stops.add(handler);
  }

  async setCamera(facing: Facing): Promise<void> {
    await this.camera?.face(facing);
    this.tellNow();
  }

  mute(kind: MediaKind, muted: boolean): void {
    this.camera?.mute(kind, muted);
    this.tellNow();
  }

  carry(rung: Rung): void {
    this.ours.carry(rung);
  }

  tellRecording(records: boolean): void {
    this.ours.tellRecording(records);
  }

  tellAlarm(key: string): void {
    this.ours.tellAlarm(key);
  }

  private readonly tellNow = (): void => this.ours.words.tell();

  private readonly sayBye = (): void => {
    for (const pair of this.pairs.values()) pair.sayBye();
  };

  // The browser kept the page in memory and shows it again: our bye has been said, so come in anew.
  private readonly comeBack = (event: PageTransitionEvent): void => {
    if (event.persisted) for (const pair of this.pairs.values()) pair.newSession();
  };
}
