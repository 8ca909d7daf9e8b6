// The page of whoever is asked into a call: camera, call, thanks. The server says whether they are in it.
import { stayAwake } from "#call/awake";
import { Camera, CameraFailed, show } from "#call/camera";
import { join } from "#call/joining";
import { Meeting } from "#call/meeting";
import type { CallTicket, MediaKind, MediaPlane, OtherSide, PlaneState } from "#call/plane";
import { carriedOn, wantedOn, type Rung } from "#call/rungs";
import { Tiles } from "#call/tiles";
import { post } from "#kit/http";
import { LiveStream } from "#kit/live";
import { showLiveState } from "#kit/live_banner";

interface GuestTicket extends CallTicket {
  rung: Rung;
}

interface GuestState {
  call: GuestTicket | null;
}

interface PageData {
  state: GuestState;
  /** Neither seen nor heard. */
  listens: boolean;
  urls: { state: string; join: string; leave: string };
}

declare module "#kit/live" {
  interface LiveKinds {
    "guest.over": { because: string };
  }
}

const words: Record<PlaneState, string> = {
  connecting: "Connecting",
  live: "",
  silent: "The connection is weak. It comes back by itself: stay here.",
  away: "The person you are here for is away for a moment. Stay here.",
  ended: "",
};

const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;

class GuestPage {
  private readonly camera = new Camera();
  private readonly live = LiveStream.fromBody()!;
  private readonly tiles = new Tiles(byId("guests"), byId("call-picture"), {
    of: ({ name, kind }) => [name, kind?.replace("_", " ")].filter(Boolean).join(", "),
    state: (state) => (state === "live" ? "" : "connecting"),
  }, byId<HTMLVideoElement>("remote-video"));
  /** Kept with the page's own place in the history: who has turned the sound off is not heard after a reload. */
  private readonly off = new Set<MediaKind>((history.state as { off?: MediaKind[] } | null)?.off);
  private plane: MediaPlane | null = null;
  private ticket: GuestTicket | null = null;
  private letSleep: (() => void) | null = null;
  private isOver = false;

  constructor(private readonly data: PageData) {}

  start(): void {
    this.onTap("open-camera", () => void this.openCamera());
    this.onTap("join", () => void this.comeIn());
    this.onTap("leave", () => void this.leave());
    this.onTap("go-on", () => void this.goOn());
    this.onTap("camera-switch", () => this.toggle("video"));
    this.onTap("sound-switch", () => this.toggle("audio"));
    for (const id of ["preview", "self-video"]) if (byId(id)) this.camera.preview(byId<HTMLVideoElement>(id));
    this.live.on("guest.over", () => this.end());
    this.live.on("rung.taken", ({ rung }) => this.carry(rung));
    this.live.onResync(() => void this.refresh());
    showLiveState(this.live);
    this.live.start();
    if (this.data.state.call) void this.resume(this.data.state.call);
  }

  private onTap(id: string, act: () => void): void {
    document.getElementById(id)?.addEventListener("click", act);
  }

  private async openCamera(): Promise<boolean> {
    try {
      await this.camera.open("front", { picture: true, sound: true });
    } catch (failure) {
      if (!(failure instanceof CameraFailed)) throw failure;
      byId("problem").textContent = failure.message;
      return false;
    }
    byId("problem").textContent = "";
    if (document.activeElement?.id === "open-camera") byId("join").focus();
    byId("open-camera").hidden = true;
    byId("join").hidden = false;
    return true;
  }

  private async comeIn(): Promise<void> {
    try {
      const { call } = await post<GuestState>(this.data.urls.join, {});
      if (call) this.enter(call);
    } catch (problem) {
      byId("problem").textContent = problem instanceof Error ? problem.message : String(problem);
    }
  }

  /** A reload comes back into the call; the browser may want a tap before it opens the camera again. */
  private async resume(call: GuestTicket): Promise<void> {
    this.enter(call);
    if (!this.data.listens && !(await this.openCamera())) byId("go-on").hidden = false;
  }

  private enter(ticket: GuestTicket): void {
    if (this.isOver || this.ticket?.call === ticket.call) return;
    this.ticket = ticket;
    this.showStep("call");
    byId("call-with").textContent = ticket.others[0]!.name;
    this.letSleep ??= stayAwake();
    this.join(ticket);
  }

  private join(ticket: GuestTicket): void {
    this.plane = join(new Meeting(ticket, this.live), {
      camera: this.camera,
      rung: ticket.rung,
      remote: byId<HTMLVideoElement>("remote-video"),
      onFirstFrame: () => undefined,
      onTapNeeded: () => (byId("go-on").hidden = false),
      onOver: () => void this.refresh(),
      onElsewhere: () => {
        this.plane = null;
        this.camera.close();
        this.say("The call goes on in another window.");
        byId("go-on").hidden = false;
      },
    });
    this.tiles.follow(this.plane);
    this.plane.main.onState((state) => this.say(words[state]));
    this.plane.onGuest((person) => {
      if (person.other.role === "officer") person.onOtherSide((officer) => this.tellOf(officer));
    });
    this.say(words[this.plane.main.state]);
    this.carry(ticket.rung);
    this.applyChoices();
    void this.refresh();
  }

  private tellOf({ records }: OtherSide): void {
    byId("recorded").hidden = !records;
  }

  private carry(rung: Rung): void {
    document.body.dataset.rung = rung;
    this.plane?.carry(rung);
    // The camera's light is on only for what is sent.
    this.camera.keepOnly(wantedOn(rung));
    if (this.ticket && wantedOn(rung).picture && !this.camera.video && !this.data.listens && this.plane) void this.openCamera();
    const seen = carriedOn[rung].picture !== "none" && !this.data.listens;
    byId("self-video").hidden = !seen;
  }

  private async goOn(): Promise<void> {
    byId("go-on").hidden = true;
    if (!this.plane && this.ticket) this.join(this.ticket);
    const remote = byId<HTMLVideoElement>("remote-video");
    if (remote.srcObject) void show(remote, remote.srcObject as MediaStream);
    if (!this.data.listens && !this.camera.video) await this.openCamera();
  }

  private toggle(kind: MediaKind): void {
    if (!this.off.delete(kind)) this.off.add(kind);
    history.replaceState({ off: [...this.off] }, "");
    this.applyChoices();
  }

  private applyChoices(): void {
    if (this.data.listens) return;
    for (const [kind, id] of [["video", "camera-switch"], ["audio", "sound-switch"]] as const) {
      (this.plane ?? this.camera).mute(kind, this.off.has(kind));
      byId(id).setAttribute("aria-checked", String(!this.off.has(kind)));
    }
  }

  private async refresh(): Promise<void> {
    const answer = await fetch(this.data.urls.state, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
    if (answer?.status === 404) return this.end();
    const state = answer?.ok ? ((await answer.json()) as GuestState) : null;
    if (state?.call && this.plane) this.putRight(state.call, this.plane);
  }

  /** Who came or went while this page did not hear of it. */
  private putRight({ others, rung }: GuestTicket, plane: MediaPlane): void {
    const there = new Set(others.map(({ seat }) => seat));
    for (const seat of plane.seats) if (!there.has(seat)) plane.part(seat);
    for (const other of others) plane.join(other);
    this.carry(rung);
  }

  private async leave(): Promise<void> {
    this.end();
    await post(this.data.urls.leave, {}, { tries: 20, keepalive: true }).catch(() => undefined);
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.plane?.stop();
    this.tiles.clear();
    this.camera.close();
    this.live.stop();
    this.letSleep?.();
    this.showStep("over");
  }

  private showStep(wanted: string): void {
    for (const step of document.querySelectorAll<HTMLElement>("[data-step]")) step.hidden = step.dataset.step !== wanted;
    document.body.classList.toggle("phone--call", wanted === "call");
    byId("main").className = wanted === "call" ? "phone-call" : "phone__main";
    document.querySelector<HTMLElement>(`[data-step="${wanted}"] h1`)?.focus();
  }

  private say(sentence: string): void {
    const state = byId("call-state");
    if (state.textContent !== sentence) state.textContent = sentence;
  }
}

// What only a script can do is shown only where one runs.
document.documentElement.dataset.script = "";
new GuestPage(JSON.parse(byId("guest-data").textContent ?? "") as PageData).start();
