// What both planes have in common: what this page gives, when it comes and goes, and who else is there.
import type { Camera, Facing } from "./camera";
import { Leading } from "./leading";
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
  protected readonly people: Map<string, Someone>;
  private isStarted = false;
  private camera: Camera | null = null;
  private stopListening: () => void = () => undefined;
  private readonly stops = new Listeners<void>();
  private readonly guests = new Listeners<Someone>();
  readonly main: Leading;

  constructor(
    protected readonly ticket: CallTicket,
    protected readonly signals: SignalPath,
  ) {
    this.ours = new Ours(ticket.role);
    this.people = new Map(ticket.others.map((other) => [other.seat, this.meet(other)]));
    this.main = new Leading(this.people.get(ticket.others[0]!.seat)!);
  }

  /** Somebody has a seat in the call. */
  protected abstract meet(other: Other): Someone;
  protected abstract begin(): void;
  protected abstract end(): void;
  /** `by` is a seat; `at` is when it was said, by the server's clock, in ms. */
  protected abstract receive(signal: Signal, by: string, at: number): void;
  /** This page closes, as far as it can know. */
  protected abstract sayBye(): void;
  /** From nothing, as if this page had been reloaded. */
  protected abstract beginAnew(): void;

  get seats(): string[] {
    return [...this.people.keys()];
  }

  join(other: Other): void {
    if (this.isOver || this.people.has(other.seat)) return;
    const person = this.meet(other);
    this.people.set(other.seat, person);
    if (this.isStarted) person.start();
    this.guests.tell(person);
  }

  part(seat: string): void {
    const person = this.people.get(seat);
    this.people.delete(seat);
    person?.stop();
  }

  onGuest(handler: (person: Person) => void): () => void {
    for (const person of this.people.values()) if (!this.main.is(person)) handler(person);
    return this.guests.add(handler);
  }

  lead(seat: string): void {
    const person = this.people.get(seat);
    // A guest's page, and an officer's, are about her.
    if (person && this.main.other.role !== "victim") this.main.be(person);
  }

  get rung(): Rung {
    return this.ours.rung;
  }

  start(): void {
    // An old browser: what goes by the server, as writing does, goes on without it.
    if (window.RTCPeerConnection === undefined) return;
    this.stopListening = this.signals.onSignal((signal, by, at) => this.receive(signal, by, at));
    addEventListener("pagehide", this.onHide);
    addEventListener("pageshow", this.onShow);
    document.addEventListener("visibilitychange", this.tellNow);
    this.isStarted = true;
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
