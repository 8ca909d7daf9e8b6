// The picture in the middle: who is there, how the line is, and everything that matters in words over it.
import { join } from "#call/joining";
import { LinkLog } from "#call/link_log";
import type { Link, MediaPlane, Other, OtherSide, PlaneState } from "#call/plane";
import type { Meetings } from "#call/meeting";
import { carriedOn, type Rung } from "#call/rungs";
import { SteadyLink } from "#call/steady_link";
import { Tiles } from "#call/tiles";
import { CallRecording } from "#evidence/call_recording";
import type { Delivery } from "#evidence/delivery";
import type { Cause } from "#evidence/slices";
import { post, wait } from "#kit/http";
import { speak } from "#kit/notices";
import { tick } from "#kit/ticking";

import { connectionWords, herConnection, showConnection } from "./her_connection";
import { Markers } from "./markers";
import type { OwnCamera } from "./own_camera";
import { Silent } from "./silent";
import type { DeskTicket, DeskUrls } from "./state";
import type { Word } from "./words";

const stateWords: Record<PlaneState, string> = {
  connecting: "Connecting",
  live: "",
  silent: "Connection lost. Trying again by itself; you are still in the call.",
  away: "Her page has closed. If she opens it again, you are both back by themselves.",
  ended: "",
};

const plainWords = "She is on the page without a call: she sends photographs there, and can ask to be rung back.";
const silentWords = "The browser holds back her sound until you press.";
const elsewhereWords = "This call goes on in another window of yours.";

const readEvery = 2000;
const lookEvery = 500;
const pictureLimit = 1000;
const toBeRead = 10_000;
/** Of what cannot be recorded here: she is not to have two officers for ever. */
const relievedAnyway = 10_000;

interface Offer {
  label: string;
  act: () => void;
}

const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;

export class Stage {
  private plane: MediaPlane | null = null;
  private current: DeskTicket | null = null;
  private reading: ReturnType<typeof setInterval> | undefined;
  private log: LinkLog | null = null;
  private ours: Link | null = null;
  private other: OtherSide | null = null;
  private seen: Promise<void> = Promise.resolve();
  private recording: CallRecording | null = null;
  /** Done when the last slice is where it is safe; it may still have to be delivered. */
  recorded: Promise<void> = Promise.resolve();
  private joinedAt = 0;
  private isRelieving = false;
  private looking: ReturnType<typeof setInterval> | undefined;
  private cameraProblem = "";
  /** What is the matter with her phone, as the server knows it. */
  private phone: readonly string[] = [];
  /** performance.now() when her phone call was over and her sound came. */
  private handedOver = -Infinity;
  private readonly guests = new Tiles(byId("guests"), byId("stage"), { of: guestWords, state: (state) => (state === "live" ? "" : "connecting") }, byId<HTMLVideoElement>("remote-video"));
  private readonly markers = new Markers();
  readonly silent: Silent;
  private readonly muted = { video: false, audio: false };
  private readonly remote = byId<HTMLVideoElement>("remote-video");

  constructor(
    private readonly meetings: Meetings,
    private readonly urls: DeskUrls,
    private readonly own: OwnCamera,
    private readonly delivery: Delivery,
    private readonly onEnd: (call: string) => void,
  ) {
    this.silent = new Silent(urls, () => this.showWords());
    byId("camera-off").addEventListener("click", () => this.toggle("video", "camera-off"));
    byId("mute").addEventListener("click", () => this.toggle("audio", "mute"));
    byId("end-call").addEventListener("click", () => void this.hangUp());
    own.camera.onTrack(() => this.applyMutes());
  }

  get ticket(): DeskTicket | null {
    return this.current;
  }

  begin(ticket: DeskTicket): void {
    if (this.current?.call === ticket.call) {
      this.current.role = ticket.role;
      return this.takeRung(ticket.rung, ticket.rung_words);
    }
    this.plane?.stop();
    this.current = ticket;
    this.phone = [];
    this.join(ticket);
    const { name } = ticket.others[0]!;
    byId("call-with").textContent = name;
    this.head(`In call with ${name}, ${ticket.reference}`);
    byId("call-length").dataset.since = ticket.started;
    byId("stage-bar").hidden = false;
    byId<HTMLButtonElement>("end-call").disabled = false;
    this.markers.begin(ticket.call);
    this.silent.use(ticket.call);
    tick();
  }

  /** Done when her first picture is there; without one, a little later all the same. */
  picture(): Promise<unknown> {
    return Promise.race([this.seen, wait(pictureLimit)]);
  }

  private join(ticket: DeskTicket): void {
    this.joinedAt = performance.now();
    const seen = `${this.urls.calls}${ticket.call}/seen`;
    let sawHer = (): void => undefined;
    this.seen = new Promise((resolve) => (sawHer = resolve));
    this.plane = join(this.meetings.for(ticket), {
      camera: this.own.camera,
      rung: ticket.rung,
      remote: this.remote,
      onFirstFrame: () => {
        sawHer();
        void post(seen, {}).catch(() => undefined);
      },
      onTapNeeded: () => this.say(silentWords, { label: "Hear her", act: () => this.hear() }),
      onOver: () => this.onEnd(ticket.call),
      onElsewhere: () => {
        this.stopRecording("connecting");
        this.say(elsewhereWords, { label: "Use this window", act: () => this.join(ticket) });
      },
    });
    this.follow(ticket.call, this.plane);
    this.guests.follow(this.plane);
    this.plane.main.onState((state) => {
      // Of a page that has closed nothing more is known.
      if (state === "away") this.other = null;
      this.showWords();
      this.say(this.wordsFor(state));
    });
    this.plane.main.onOtherSide((other) => this.tellOf(other));
    this.say(this.wordsFor(this.plane.main.state));
    this.recordOnce(ticket, this.plane);
  }

  private follow(call: string, plane: MediaPlane): void {
    this.stopFollowing();
    const steady = new SteadyLink();
    const read = plane.main.reader();
    this.log = new LinkLog(`${this.urls.calls}${call}/readings`, call, plane);
    this.reading = setInterval(() => void read().then((stats) => this.takeLink(steady.read(stats))), readEvery);
  }

  private stopFollowing(): void {
    clearInterval(this.reading);
    this.log?.end();
    this.log = null;
    this.ours = null;
  }

  private takeLink(link: Link): void {
    this.ours = link;
    this.showWords();
  }

  // With the picture, not before: it would come later.
  private recordOnce(ticket: DeskTicket, plane: MediaPlane): void {
    void this.picture().then(() => {
      if (this.plane !== plane || plane.isOver) return;
      this.recording = new CallRecording(ticket.call, plane, this.own.camera, this.delivery, Date.parse(ticket.started));
      this.looking = setInterval(() => this.showRecording(), lookEvery);
    });
  }

  private stopRecording(why: Cause): void {
    clearInterval(this.looking);
    if (this.recording) this.recorded = this.recording.stop(why);
    this.recording = null;
    byId("recording").hidden = true;
  }

  private showRecording(): void {
    const { recording } = this;
    if (!recording) return;
    recording.look();
    this.plane?.tellRecording(recording.isRecording);
    this.relieve(recording.isRecording);
    byId("recording").hidden = false;
    byId("recording").dataset.state = recording.isRecording ? "on" : "off";
    const gap = byId("recording-gap");
    const words = `gap ${Math.round(recording.gapSeconds)} s`;
    if (gap.textContent !== words) gap.textContent = words;
    this.showWords();
  }

  /** Whom this officer relieves stays in the call until it is recorded here, or cannot be. */
  private relieve(isRecording: boolean): void {
    const { current } = this;
    if (current?.role !== "relief" || this.isRelieving) return;
    if (!isRecording && performance.now() - this.joinedAt < relievedAnyway) return;
    this.isRelieving = true;
    void post(`${this.urls.calls}${current.call}/relieve`, {}, { tries: 20 })
      .catch(() => undefined)
      .finally(() => (this.isRelieving = false));
  }

  /** The call is over, whoever ended it. */
  end(sentence: string): void {
    this.stopRecording("hung_up");
    this.plane?.stop();
    this.plane = null;
    this.current = null;
    this.other = null;
    this.stopFollowing();
    this.guests.clear();
    this.remote.srcObject = null;
    byId("stage-bar").hidden = true;
    this.head("No call");
    byId<HTMLButtonElement>("end-call").disabled = true;
    this.markers.end();
    this.silent.use("");
    this.say(sentence);
    // The next caller must not meet an officer who is still muted for the last one.
    if (this.muted.video) this.toggle("video", "camera-off");
    if (this.muted.audio) this.toggle("audio", "mute");
    this.showWords();
  }

  /** She goes on by other means: so does he. */
  takeRung(rung: Rung, words: string): void {
    if (!this.current) return;
    Object.assign(this.current, { rung, rung_words: words });
    this.plane?.carry(rung);
    this.recording?.takeRung(rung);
    this.showWords();
    if (this.plane?.main.state === "away") this.say(this.wordsFor("away"));
  }

  /** What the stage says while there is no call. */
  rest(sentence: string): void {
    if (!this.current) this.say(sentence);
  }

  tellOfPhone(words: readonly string[]): void {
    this.phone = words;
    this.showWords();
  }

  tellCameraProblem(problem: string): void {
    this.cameraProblem = problem;
    this.showWords();
  }

  // The button that was pressed is gone: whoever had the focus there goes on at the call's own heading.
  private head(words: string): void {
    const heading = byId("stage-heading");
    heading.textContent = words;
    const held = document.activeElement;
    if (!held || held === document.body || held.closest("#queue, #end-call, #markers, #ask-photograph")) heading.focus({ preventScroll: true });
    else speak(words);
  }

  private hear(): void {
    void this.remote.play();
    this.say(this.wordsFor(this.plane?.main.state ?? "ended"));
  }

  private async hangUp(): Promise<void> {
    const call = this.current?.call;
    if (!call) return;
    this.onEnd(call);
    await post(`${this.urls.calls}${call}/hang-up`, {}, { tries: 20, keepalive: true }).catch(() => undefined);
    this.onEnd(call);
  }

  private toggle(kind: "video" | "audio", id: string): void {
    this.muted[kind] = !this.muted[kind];
    byId(id).setAttribute("aria-pressed", String(this.muted[kind]));
    this.applyMutes();
    this.showWords();
  }

  private applyMutes(): void {
    for (const kind of ["video", "audio"] as const) (this.plane ?? this.own.camera).mute(kind, this.muted[kind]);
  }

  private tellOf(other: OtherSide): void {
    // Said for as long as it takes to read it: what is over needs no line for the rest of the call.
    if (this.other?.phoneCall === "still" && other.phoneCall === "no") this.handedOver = performance.now();
    this.other = other;
    if (other.alarm) this.silent.relay(other.alarm);
    this.showWords();
  }

  private showWords(): void {
    byId("stage").dataset.rung = this.current?.rung ?? "video";
    showConnection(this.connection);
    const words = this.words();
    const list = byId("stage-words");
    const key = JSON.stringify(words);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...words.map(item));
    if (this.cameraProblem) list.lastElementChild!.append(" ", this.button(cameraOffer(this.own)));
  }

  private words(): Word[] {
    const { other } = this;
    const alarm = this.recording?.alarm;
    const carried = carriedOn[this.current?.rung ?? "video"];
    return [
      ...(this.current ? this.silent.words : []),
      ...(alarm ? [{ text: alarm, tone: "danger" } as const] : []),
      ...(this.current ? this.phone.map((text) => ({ text, tone: "risk" }) as const) : []),
      ...(other?.hidden ? [{ text: "Her page is in the background, or her phone is locked", tone: "risk" } as const] : []),
      ...phoneCallWords(other, this.handedOver),
      ...(this.current ? connectionWords(this.connection) : []),
      ...(this.current?.rung_words ? [{ text: this.current.rung_words }] : []),
      ...(other && !other.camera && carried.picture !== "none" ? [{ text: "Her camera is off" }] : []),
      ...(other && !other.sound && carried.sound && other.phoneCall === "no" ? [{ text: "Her sound is off" }] : []),
      ...(this.current && this.muted.audio ? [{ text: "You are muted" }] : []),
      ...(this.current && this.muted.video ? [{ text: "Your camera is off: she does not see you" }] : []),
      ...(this.cameraProblem ? [{ text: this.cameraProblem, tone: "risk" } as const] : []),
    ];
  }

  private get connection(): Link | null {
    return herConnection(this.plane?.main.state, this.other, this.ours);
  }

  /** The plain page has no call in it: she has not gone. */
  private wordsFor(state: PlaneState): string {
    return state === "away" && this.current?.rung === "plain" ? plainWords : stateWords[state];
  }

  private say(sentence: string, offer?: Offer): void {
    const words = byId("stage-state");
    if (words.dataset.sentence === sentence) return;
    words.dataset.sentence = sentence;
    words.textContent = sentence;
    if (offer) words.append(" ", this.button(offer));
  }

  private button({ label, act }: Offer): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kit-button";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  }
}

function phoneCallWords(other: OtherSide | null, handedOver: number): Word[] {
  if (other?.phoneCall === "still") return [{ text: "She is still on the phone: she cannot hear you yet", tone: "risk" }];
  if (other?.phoneCall === "again") return [{ text: "Her microphone has stopped, as in a phone call: her page asks her to turn the sound on", tone: "risk" }];
  if (other && performance.now() - handedOver < toBeRead) return [{ text: "She has ended the phone call: you can hear each other now" }];
  return [];
}

const guestWords = ({ name, kind, listens }: Other): string => [name, kind?.replace("_", " "), listens ? "listens only" : ""].filter(Boolean).join(", ");

const cameraOffer = (own: OwnCamera): Offer => ({ label: "Turn the camera on", act: () => void own.open() });

function item({ text, tone }: Word): HTMLLIElement {
  const line = document.createElement("li");
  line.textContent = text;
  if (tone) line.dataset.tone = tone;
  return line;
}
