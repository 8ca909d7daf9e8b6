// The picture in the middle: who is there, how the line is, and everything that matters in words over it.
import { join } from "#call/joining";
import type { LinkStats, MediaPlane, OtherSide, PlaneState } from "#call/plane";
import { post } from "#kit/http";
import type { LiveStream } from "#kit/live";
import { tick } from "#kit/ticking";

import type { OwnCamera } from "./own_camera";
import type { DeskTicket, DeskUrls } from "./state";

const stateWords: Record<PlaneState, string> = {
  connecting: "Connecting",
  live: "",
  silent: "Connection lost. Trying again by itself; you are still in the call.",
  away: "Her page has closed. If she opens it again, you are both back by themselves.",
  ended: "",
};

const readEvery = 2000;

interface Word {
  text: string;
  tone?: "risk" | "danger";
}

const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;

export class Stage {
  private plane: MediaPlane | null = null;
  private current: DeskTicket | null = null;
  private reading: ReturnType<typeof setInterval> | undefined;
  private other: OtherSide | null = null;
  private cameraProblem = "";
  private readonly muted = { video: false, audio: false };
  private readonly remote = byId<HTMLVideoElement>("remote-video");

  constructor(
    private readonly live: LiveStream,
    private readonly urls: DeskUrls,
    private readonly own: OwnCamera,
    private readonly onEnd: (call: string) => void,
  ) {
    byId("camera-off").addEventListener("click", () => this.toggle("video", "camera-off"));
    byId("mute").addEventListener("click", () => this.toggle("audio", "mute"));
    byId("end-call").addEventListener("click", () => void this.hangUp());
    own.camera.onTrack(() => this.applyMutes());
  }

  get ticket(): DeskTicket | null {
    return this.current;
  }

  begin(ticket: DeskTicket): void {
    if (this.current?.call === ticket.call) return;
    this.plane?.stop();
    this.current = ticket;
    const seen = `${this.urls.calls}${ticket.call}/seen`;
    this.plane = join(ticket, {
      live: this.live,
      camera: this.own.camera,
      remote: this.remote,
      onFirstFrame: () => void post(seen, {}).catch(() => undefined),
      onTapNeeded: () => this.say("Press any key or click here to hear her.", () => void this.remote.play()),
      onOver: () => this.onEnd(ticket.call),
    });
    this.plane.onState((state) => this.say(stateWords[state]));
    this.plane.onOtherSide((other) => this.tellOf(other));
    this.say(stateWords[this.plane.state]);
    byId("call-with").textContent = ticket.with;
    byId("call-length").dataset.since = ticket.started;
    byId("stage-bar").hidden = false;
    byId<HTMLButtonElement>("end-call").disabled = false;
    this.reading = setInterval(() => void this.readLink(), readEvery);
    tick();
  }

  /** The call is over, whoever ended it. */
  end(sentence: string): void {
    this.plane?.stop();
    this.plane = null;
    this.current = null;
    this.other = null;
    clearInterval(this.reading);
    this.remote.srcObject = null;
    byId("stage-bar").hidden = true;
    byId<HTMLButtonElement>("end-call").disabled = true;
    this.say(sentence);
    this.showWords();
  }

  /** What the stage says while there is no call. */
  rest(sentence: string): void {
    if (!this.current) this.say(sentence);
  }

  tellCameraProblem(problem: string): void {
    this.cameraProblem = problem;
    this.showWords();
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
    this.other = other;
    this.showWords();
  }

  private showWords(): void {
    const words = this.words();
    const list = byId("stage-words");
    const key = JSON.stringify(words);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...words.map(item));
    if (this.cameraProblem) list.lastElementChild!.append(" ", this.cameraButton());
  }

  private words(): Word[] {
    const { other } = this;
    return [
      ...(other?.hidden ? [{ text: "Her page is in the background, or her phone is locked", tone: "risk" } as const] : []),
      ...(other && !other.camera ? [{ text: "Her camera is off" }] : []),
      ...(other && !other.sound ? [{ text: "Her sound is off" }] : []),
      ...(this.current && this.muted.audio ? [{ text: "You are muted" }] : []),
      ...(this.current && this.muted.video ? [{ text: "Your camera is off: she does not see you" }] : []),
      ...(this.cameraProblem ? [{ text: this.cameraProblem, tone: "risk" } as const] : []),
    ];
  }

  private cameraButton(): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kit-button";
    button.textContent = "Turn the camera on";
    button.addEventListener("click", () => void this.own.open());
    return button;
  }

  private async readLink(): Promise<void> {
    const stats = await this.plane?.stats();
    if (stats) showQuality(stats);
  }

  private say(sentence: string, act?: () => void): void {
    const words = byId("stage-state");
    if (words.textContent === sentence) return;
    words.textContent = sentence;
    words.onclick = act ?? null;
  }
}

function item({ text, tone }: Word): HTMLLIElement {
  const line = document.createElement("li");
  line.textContent = text;
  if (tone) line.dataset.tone = tone;
  return line;
}

function showQuality({ bars, word }: LinkStats): void {
  const quality = byId("link-quality");
  quality.querySelector<HTMLElement>(".kit-bars")!.dataset.bars = String(bars);
  quality.querySelector("[data-word]")!.textContent = word;
}
