// The recording of one call, made by the officer's page: it begins by itself when the call is live and she has been told.
import type { Camera } from "#call/camera";
import type { MediaPlane, OtherSide, Person as InCall, PlaneState } from "#call/plane";
import { wantedOn, type Rung } from "#call/rungs";
import { post, RequestRefused } from "#kit/http";
import { serverNow } from "#kit/server_clock";

import { Conditions } from "./conditions";
import type { Delivery } from "./delivery";
import { canRecord, PersonRecorder, type Made } from "./recorder";
import type { ServiceKey } from "./receipts";
import type { Cause, Person } from "./slices";

/** A slice is due every two seconds: five seconds after it was due somebody must know. */
const patience = 6000;
/** Between two looks, a few of which come in each second: in what is longer this computer stood still. Milliseconds. */
const longestLook = 3000;
/** How long it takes to be let record; what is longer is the network's. Milliseconds. */
const longestBeginning = 5000;
/** From the recorder to the receipt. Milliseconds. */
const longestWay = 4000;

interface Part {
  recorder: PersonRecorder;
  conditions: Conditions;
}

export class CallRecording {
  private readonly parts = new Map<Person, Part>();
  private readonly her: Part;
  private readonly his: Part;
  private readonly stopListening: (() => void)[] = [];
  private pass = "";
  private refusal = "";
  private remote: MediaStream | null = null;
  private state: PlaneState;
  private gap = 0;
  private rung: Rung = "video";
  /** performance.now() since when the call is live and she is not recorded; 0 where she is. */
  private unrecordedSince = 0;
  private lookedAt = serverNow();

  constructor(
    private readonly call: string,
    private readonly plane: MediaPlane,
    private readonly own: Camera,
    private readonly delivery: Delivery,
    /** When the call began, by the server's clock, in ms. */
    private readonly startedAt: number,
  ) {
    this.state = plane.main.state;
    this.her = this.part("victim", () => this.carried(this.remote), () => this.whyShe());
    this.his = this.part("officer", () => own.stream.getTracks(), () => "turned_off");
    this.takeRung(plane.rung);
    void this.begin();
  }

  /** Whether her part of the call is being recorded: she is told. */
  get isRecording(): boolean {
    return this.her.recorder.isRecording;
  }

  /** Whether the rung of the ladder carries anything of her that could be recorded. */
  private get isCarried(): boolean {
    return wantedOn(this.rung).sound;
  }

  /** Of a picture that the rung does not carry a connection may have begun to bring one, and never bring it. */
  private carried(stream: MediaStream | null): MediaStreamTrack[] {
    const { picture, sound } = wantedOn(this.rung);
    return stream?.getTracks().filter(({ kind }) => (kind === "video" ? picture : sound)) ?? [];
  }

  /** They go on by other means. */
  takeRung(rung: Rung): void {
    this.rung = rung;
    for (const [person, { conditions, recorder }] of this.parts) {
      if (person === "officer") continue;
      conditions.set("picture", "rung", !wantedOn(rung).picture);
      if (!this.isCarried) recorder.rest("rung");
      recorder.look();
    }
  }

  /** Seconds of her that are missing since the call began. */
  get gapSeconds(): number {
    return this.gap / 1000;
  }

  /** What the officer must know now; empty when all is kept. */
  get alarm(): string {
    if (this.refusal) return this.refusal;
    const { waiting } = this.delivery;
    const trouble = this.delivery.troubleIn(this.call);
    if (this.her.recorder.problem === "not_supported") return "NOT recorded: this browser cannot record.";
    if ([...this.parts.values()].some(({ recorder }) => recorder.problem === "disk_full")) {
      return "NOT recorded any more: this computer has no room and the server is not reached.";
    }
    if (trouble === "refused") return "The server has refused a part of the recording: it is kept on this computer. Tell your supervisor.";
    const late = [...this.parts.keys()].filter((person) => this.isLate(person));
    if (this.delivery.stuckFor > longestWay || late.length === this.parts.size) return lateWords(trouble, waiting);
    if (late.includes("victim")) return "Nothing of her is recorded, though her picture is here.";
    if (late.includes("officer")) return "Nothing of you is recorded.";
    if (late.length) return "Somebody else in the call is not recorded.";
    if (this.unrecordedSince && performance.now() - this.unrecordedSince > patience) {
      return "She is NOT being recorded, though the call goes on.";
    }
    if (trouble === "disk-full") return "This computer's disk is full: close nothing until the recording has been sent.";
    return "";
  }

  /** A slice of each is due every two seconds for as long as a recorder runs, whoever else's comes. */
  private isLate(person: Person): boolean {
    const { isRecording, runsSince } = this.parts.get(person)!.recorder;
    return isRecording && performance.now() - Math.max(this.delivery.lastReceipt(person), runsSince) > patience;
  }

  /** Counts what is missing; called a few times a second. */
  look(): void {
    if (this.pass) for (const { recorder } of this.parts.values()) recorder.look();
    this.his.conditions.set("picture", "turned_off", this.own.video?.enabled === false);
    this.his.conditions.set("sound", "turned_off", this.own.audio?.enabled === false);
    const now = serverNow();
    if (now - this.lookedAt > longestLook) this.missed("stalled", this.lookedAt);
    const isMissing = !this.isRecording || this.her.conditions.everythingIsMissing || this.isLate("victim");
    if (this.isCarried && isMissing) this.gap += Math.max(0, now - this.lookedAt);
    this.lookedAt = now;
    const lacks = this.isCarried && this.state === "live" && !this.isRecording;
    this.unrecordedSince = lacks ? this.unrecordedSince || performance.now() : 0;
  }

  async stop(why: Cause): Promise<void> {
    for (const stop of this.stopListening) stop();
    await Promise.all([...this.parts.values()].map(({ recorder }) => recorder.stop(why)));
  }

  /** Nothing of anybody was recorded from `since` until now. */
  private missed(why: Cause, since: number): void {
    for (const { conditions } of this.parts.values()) conditions.add("everything", why, since, serverNow());
  }

  // Nothing is recorded before the server says that she has been told.
  private async begin(): Promise<void> {
    const since = serverNow();
    try {
      const told = await post<{ pass: string; key: ServiceKey }>(`/evidence/calls/${this.call}/begin`, { able: canRecord() }, { tries: 1000 });
      this.pass = told.pass;
      this.delivery.key = told.key;
    } catch (problem) {
      this.refusal = problem instanceof RequestRefused ? problem.message : String(problem);
      return;
    }
    if (serverNow() - since > longestBeginning) this.missed("network", since);
    this.listen();
    this.look();
  }

  private listen(): void {
    const { main } = this.plane;
    this.stopListening.push(
      main.onRemote((stream) => {
        this.remote = stream;
        this.her.recorder.look();
      }),
      main.onState((state) => this.onState(state)),
      main.onOtherSide((other) => this.tellOff(this.her, other)),
      this.own.onTrack(() => this.his.recorder.look()),
      this.plane.onGuest((guest) => this.follow(guest)),
    );
  }

  /** Whoever else is in the call is recorded apart, too, for as long as they are. */
  private follow(guest: InCall): void {
    const { person, listens, since } = guest.other;
    if (!person || !since || listens) return;
    let stream: MediaStream | null = null;
    const part = this.part(person, () => this.carried(stream), () => (guest.state === "away" ? "tab_closed" : "network"));
    part.conditions.add("everything", "not_in_call", this.startedAt, Date.parse(since));
    part.conditions.set("picture", "rung", !wantedOn(this.rung).picture);
    this.stopListening.push(
      guest.onRemote((remote) => {
        stream = remote;
        part.recorder.look();
      }),
      guest.onState((state) => {
        // Also when this page lets go of the call: then they are in it still.
        if (state === "ended" && !this.plane.isOver) void part.recorder.stop("not_in_call").then(() => this.parts.delete(person));
        part.conditions.set("everything", "network", state === "silent", heardAt(guest));
      }),
      guest.onOtherSide((other) => this.tellOff(part, other)),
    );
  }

  private onState(state: PlaneState): void {
    this.state = state;
    const lost = state === "silent";
    this.her.conditions.set("everything", "network", lost, heardAt(this.plane.main));
    this.her.recorder.look();
  }

  private tellOff({ conditions }: Part, { camera, sound }: OtherSide): void {
    const carried = wantedOn(this.rung);
    conditions.set("picture", "turned_off", !camera && carried.picture);
    conditions.set("sound", "turned_off", !sound && carried.sound);
  }

  private whyShe(): Cause {
    return this.state === "away" ? "tab_closed" : "network";
  }

  private part(person: Person, tracks: () => MediaStreamTrack[], whyLost: () => Cause): Part {
    const conditions = new Conditions(serverNow);
    const deliver = (slice: Made): Promise<boolean> =>
      this.delivery.take({ ...slice, call: this.call, pass: this.pass });
    const recorder = new PersonRecorder({ person, tracks, whyLost, conditions, now: serverNow, deliver });
    const part = { recorder, conditions };
    this.parts.set(person, part);
    return part;
  }
}

/** By the server's clock. */
const heardAt = (person: InCall): number => serverNow() - (performance.now() - person.heardAt);

function lateWords(trouble: string, waiting: number): string {
  const kept = waiting ? ` ${waiting} parts wait on this computer.` : "";
  if (trouble === "signed-out") return `The recording does not reach the server: you have been signed out.${kept}`;
  if (trouble === "server-full") return `The recording cannot be kept: the server's evidence store is full.${kept}`;
  return `The recording does not reach the server.${kept} Close nothing: it is sent as soon as it can be.`;
}
