// The recording of one call, made by the officer's page: it begins by itself when the call is live and she has been told.
import type { Camera } from "#call/camera";
import type { MediaPlane, OtherSide, PlaneState } from "#call/plane";
import { wantedOn, type Rung } from "#call/rungs";
import { post, RequestRefused } from "#kit/http";
import { serverNow } from "#kit/server_clock";

import { Conditions } from "./conditions";
import type { Delivery } from "./delivery";
import { canRecord, PersonRecorder, type Made } from "./recorder";
import type { ServiceKey } from "./receipts";
import type { Cause, Person } from "./slices";

const people: Person[] = ["victim", "officer"];
/** A slice is due every two seconds: five seconds after it was due somebody must know. */
const patience = 6000;
/** Between two looks, a few of which come in each second: in what is longer this computer stood still. Milliseconds. */
const longestLook = 3000;
/** How long it takes to be let record; what is longer is the network's. Milliseconds. */
const longestBeginning = 5000;
/** From the recorder to the receipt. Milliseconds. */
const longestWay = 4000;

export class CallRecording {
  private readonly recorders: Record<Person, PersonRecorder>;
  private readonly conditions: Record<Person, Conditions>;
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
  ) {
    this.state = plane.main.state;
    this.conditions = { victim: new Conditions(serverNow), officer: new Conditions(serverNow) };
    this.recorders = {
      victim: this.recorder("victim", () => this.carriedTracks, () => this.whyShe()),
      officer: this.recorder("officer", () => own.stream.getTracks(), () => "turned_off"),
    };
    this.takeRung(plane.rung);
    void this.begin();
  }

  /** Whether her part of the call is being recorded: she is told. */
  get isRecording(): boolean {
    return this.recorders.victim.isRecording;
  }

  /** Whether the rung of the ladder carries anything of her that could be recorded. */
  private get isCarried(): boolean {
    return wantedOn(this.rung).sound;
  }

  /** Of a picture that the rung does not carry a connection may have begun to bring one, and never bring it. */
  private get carriedTracks(): MediaStreamTrack[] {
    const { picture, sound } = wantedOn(this.rung);
    return this.remote?.getTracks().filter(({ kind }) => (kind === "video" ? picture : sound)) ?? [];
  }

  /** They go on by other means. */
  takeRung(rung: Rung): void {
    this.rung = rung;
    this.conditions.victim.set("picture", "rung", !wantedOn(rung).picture);
    if (!this.isCarried) this.recorders.victim.rest("rung");
    this.recorders.victim.look();
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
    if (this.recorders.victim.problem === "not_supported") return "NOT recorded: this browser cannot record.";
    if (Object.values(this.recorders).some(({ problem }) => problem === "disk_full")) {
      return "NOT recorded any more: this computer has no room and the server is not reached.";
    }
    if (trouble === "refused") return "The server has refused a part of the recording: it is kept on this computer. Tell your supervisor.";
    const late = people.filter((person) => this.isLate(person));
    if (this.delivery.stuckFor > longestWay || late.length === people.length) return lateWords(trouble, waiting);
    if (late.includes("victim")) return "Nothing of her is recorded, though her picture is here.";
    if (late.length) return "Nothing of you is recorded.";
    if (this.unrecordedSince && performance.now() - this.unrecordedSince > patience) {
      return "She is NOT being recorded, though the call goes on.";
    }
    if (trouble === "disk-full") return "This computer's disk is full: close nothing until the recording has been sent.";
    return "";
  }

  /** A slice of each is due every two seconds for as long as a recorder runs, whoever else's comes. */
  private isLate(person: Person): boolean {
    const { isRecording, runsSince } = this.recorders[person];
    return isRecording && performance.now() - Math.max(this.delivery.lastReceipt(person), runsSince) > patience;
  }

  /** Counts what is missing; called a few times a second. */
  look(): void {
    if (this.pass) for (const recorder of Object.values(this.recorders)) recorder.look();
    this.conditions.officer.set("picture", "turned_off", this.own.video?.enabled === false);
    this.conditions.officer.set("sound", "turned_off", this.own.audio?.enabled === false);
    const now = serverNow();
    if (now - this.lookedAt > longestLook) this.missed("stalled", this.lookedAt);
    const isMissing = !this.isRecording || this.conditions.victim.everythingIsMissing || this.isLate("victim");
    if (this.isCarried && isMissing) this.gap += Math.max(0, now - this.lookedAt);
    this.lookedAt = now;
    const lacks = this.isCarried && this.state === "live" && !this.isRecording;
    this.unrecordedSince = lacks ? this.unrecordedSince || performance.now() : 0;
  }

  async stop(why: Cause): Promise<void> {
    for (const stop of this.stopListening) stop();
    await Promise.all(Object.values(this.recorders).map((recorder) => recorder.stop(why)));
  }

  /** Nothing of anybody was recorded from `since` until now. */
  private missed(why: Cause, since: number): void {
    for (const conditions of Object.values(this.conditions)) conditions.add("everything", why, since, serverNow());
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
        this.recorders.victim.look();
      }),
      main.onState((state) => this.onState(state)),
      main.onOtherSide((other) => this.onOtherSide(other)),
      this.own.onTrack(() => this.recorders.officer.look()),
    );
  }

  private onState(state: PlaneState): void {
    this.state = state;
    const lost = state === "silent";
    const heard = serverNow() - (performance.now() - this.plane.main.heardAt);
    this.conditions.victim.set("everything", "network", lost, heard);
    this.recorders.victim.look();
  }

  private onOtherSide({ camera, sound }: OtherSide): void {
    const carried = wantedOn(this.rung);
    this.conditions.victim.set("picture", "turned_off", !camera && carried.picture);
    this.conditions.victim.set("sound", "turned_off", !sound && carried.sound);
  }

  private whyShe(): Cause {
    return this.state === "away" ? "tab_closed" : "network";
  }

  private recorder(person: Person, tracks: () => MediaStreamTrack[], whyLost: () => Cause): PersonRecorder {
    const conditions = this.conditions[person];
    const deliver = (slice: Made): Promise<boolean> =>
      this.delivery.take({ ...slice, call: this.call, pass: this.pass });
    return new PersonRecorder({ person, tracks, whyLost, conditions, now: serverNow, deliver });
  }
}

function lateWords(trouble: string, waiting: number): string {
  const kept = waiting ? ` ${waiting} parts wait on this computer.` : "";
  if (trouble === "signed-out") return `The recording does not reach the server: you have been signed out.${kept}`;
  if (trouble === "server-full") return `The recording cannot be kept: the server's evidence store is full.${kept}`;
  return `The recording does not reach the server.${kept} Close nothing: it is sent as soon as it can be.`;
}
