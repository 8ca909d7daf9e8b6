// What both planes have in common: what this page gives, when it comes and goes, and who else is there.
import type { Camera, Facing } from "./camera";
import { Listeners } from "./listeners";
import { Ours } from "./ours";
import type { CallTicket, Link, MediaKind, MediaPlane, Other, Person } from "./plane";
import type { Rung } from "./rungs";
import type { Signal, SignalPath } from "./signals";

/** Somebody else, as a plane steers it. */
export interface SteeredPerson extends Person {
  start(): void;
  stop(): void;
}

export abstract class SharedPlane<Someone extends SteeredPerson> implements MediaPlane {
  isOver = false;
  protected readonly ours: Ours;
  protected readonly people: ReadonlyMap<string, Someone>;
  private camera: Camera | null = null;
  private stopListening: () => void = () => undefined;
  private readonly stops = new Listeners<void>();

  constructor(
    protected readonly ticket: CallTicket,
    protected readonly signals: SignalPath,
  ) {
    this.ours = new Ours(ticket.role);
    this.people = new Map(ticket.others.map((other) => [other.seat, this.meet(other)]));
  }

  /** Somebody has a seat in the call. */
  protected abstract meet(other: Other): Someone;
  protected abstract begin(): void;
  protected abstract end(): void;
  /** `by` is a seat. */
  protected abstract receive(signal: Signal, by: string): void;
  /** This page closes, as far as it can know. */
  protected abstract sayBye(): void;
  /** From nothing, as if this page had been reloaded. */
  protected abstract beginAnew(): void;

  get main(): Someone {
    return this.people.get(this.ticket.others[0]!.seat)!;
  }

  get rung(): Rung {
    return this.ours.rung;
  }

  start(): void {
    // An old browser: what goes by the server, as writing does, goes on without it.
    if (window.RTCPeerConnection === undefined) return;
    this.stopListening = this.signals.onSignal((signal, by) => this.receive(signal, by));
    addEventListener("pagehide", this.onHide);
    addEventListener("pageshow", this.onShow);
    document.addEventListener("visibilitychange", this.tellNow);
    for (const person of this.people.values()) person.start();
    this.begin();
  }

  use(camera: Camera): void {
    this.camera = camera;
    this.ours.use(camera);
  }

  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopListening();
    removeEventListener("pagehide", this.onHide);
    removeEventListener("pageshow", this.onShow);
    document.removeEventListener("visibilitychange", this.tellNow);
    for (const person of this.people.values()) person.stop();
    this.end();
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

  tellLink(link: Link): void {
    this.ours.link = link;
  }

  private readonly tellNow = (): void => this.ours.words.tell();

  private readonly onHide = (): void => this.sayBye();

  // The browser kept the page in memory and shows it again: our bye has been said, so come in anew.
  private readonly onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.beginAnew();
  };
}
