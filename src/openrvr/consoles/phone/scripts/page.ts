// Her way from camera to thanks on one page. The server says where she is; the page shows it and never guesses.
import { stayAwake } from "#call/awake";
import { Camera, CameraFailed } from "#call/camera";
import { Meetings } from "#call/meeting";
import { mayOpenWithoutAsking } from "#call/permission";
import { wantedOn } from "#call/rungs";
import { post, wait } from "#kit/http";
import { LiveStream } from "#kit/live";
import { showLiveState } from "#kit/live_banner";
import { noteServerTime } from "#kit/server_clock";
import { startTicking, tick } from "#kit/ticking";

import { Alarm } from "./alarm";
import { PhoneCall } from "./call";
import { ChatDoor } from "./chat/door";
import { CheckIn } from "./check_in";
import { Clock } from "./clock";
import { element, hideAway } from "./elements";
import { Here } from "./here";
import { showOutlook, type Outlook } from "./outlook";
import { HandOver } from "./hand_over";
import { Offline } from "./offline";
import { Hearing } from "./hearing";
import { adoptRung, onRung, rungNow } from "./rungs";
import { fetchState, type PageData, type PhoneState, type PhoneTicket, type Urls } from "./state";
import type { PhotographRequest } from "./sending/door";
import { StatementDoor } from "./statement/door";
import { headingShown, showStep, stepShown } from "./steps";
import { TroublePage } from "./trouble_page";

declare module "#kit/live" {
  interface LiveKinds {
    "invitation.ended": { because: string };
    /** Somebody before her was answered, or an officer came or went. */
    "queue.moved": Record<string, never>;
  }
}

/** What the last step tells her. */
type After = "call" | "patrol" | "service" | "other";

const readAgainAfter = 500;
/** ms; what comes with an answer comes within it, and nobody notices it. */
const patience = 300;
// Calls of others grow longer without any news of it.
const lookAnyway = 30_000;
const insteadOf: Record<string, After> = { "a patrol is coming": "patrol", "normal service": "service" };

export class PhonePage {
  private readonly camera = new Camera();
  private readonly live = LiveStream.fromBody();
  private readonly urls: Urls;
  private readonly meetings: Meetings | null;
  private readonly call: PhoneCall | null;
  // What the officer asked for meanwhile she is asked then.
  private readonly statement = new StatementDoor(() => void this.refresh());
  private readonly here: Here;
  private readonly handOver: HandOver;
  private readonly alarm: Alarm;
  private readonly clock = new Clock(() => this.alarm.raise());
  private readonly hearing: Hearing;
  private readonly chat: ChatDoor;
  private letSleep: (() => void) | null = null;
  /** Server time of the newest thing known: an answer that was overtaken on the way changes nothing. */
  private asOf = 0;
  private over = false;
  private readingAgain: ReturnType<typeof setTimeout> | undefined;
  private lookingAgain: ReturnType<typeof setTimeout> | undefined;
  private instead: After = "other";

  constructor(private readonly data: PageData) {
    this.urls = data.urls;
    this.here = new Here(data.urls.here);
    this.handOver = new HandOver(this.camera, this.urls.phoneCall, data.state.on_phone);
    this.chat = new ChatDoor(this.urls.chat, () => void this.refresh());
    this.meetings = this.live && new Meetings(this.live);
    this.call = this.live && new PhoneCall(this.camera, this.meetings!, this.urls, () => this.end("call"));
    this.alarm = new Alarm(this.urls.alarm, (key) => this.call?.tellAlarm(key));
    this.hearing = new Hearing(this.urls.hearing);
  }

  start(): void {
    startTicking();
    const troubles = new TroublePage(element("trouble"), element("trouble").dataset.url!);
    new CheckIn(this.camera, this.handOver, this.urls, troubles, (state) => this.adopt(state)).start();
    if (this.live) new Offline(this.live, element("offline"));
    this.listen();
    this.adopt(this.data.state);
    this.bringCameraBack();
    if (!this.over) this.here.start();
    setInterval(() => stepShown() === "waiting" && void this.refresh(), lookAnyway);
    for (const button of document.querySelectorAll("[data-reopen-camera]")) {
      button.addEventListener("click", () => void this.reopenCamera());
    }
    this.camera.onLost(() => this.showCamera());
    onRung(() => void this.bringCameraToRung());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.refresh());
  }

  private listen(): void {
    const live = this.live;
    if (!live) return;
    showLiveState(live);
    live.on("call.near", (_, { at }) => (this.asOf = Math.max(this.asOf, Date.parse(at))));
    live.on("call.live", (ticket, { at }) => {
      this.asOf = Math.max(this.asOf, Date.parse(at));
      void this.enterCall(ticket as PhoneTicket);
    });
    live.on("rung.taken", ({ rung }, { at }) => {
      this.asOf = Math.max(this.asOf, Date.parse(at));
      adoptRung(rung);
    });
    live.on("photograph.asked", (request, { at }) => {
      this.asOf = Math.max(this.asOf, Date.parse(at));
      if (request.call === this.call?.ticket?.call) this.askFor(request);
    });
    live.on("hearing.asked", ({ call }) => call === this.call?.ticket?.call && void this.refresh());
    live.on("guest.asked", ({ asked }, { at }) => {
      this.asOf = Math.max(this.asOf, Date.parse(at));
      if (!asked || asked.call === this.call?.ticket?.call) this.call?.guests.ask(asked);
    });
    this.chat.listen(live);
    live.on("statement.changed", ({ call }) => call === this.call?.ticket?.call && void this.refresh());
    live.on("call.ended", ({ call }) => {
      if (call === this.call?.ticket?.call) this.end("call");
    });
    live.on("waiting.changed", () => this.refreshUnlessAnswered());
    live.on("queue.moved", () => stepShown() === "waiting" && this.refreshUnlessAnswered());
    live.on("invitation.ended", ({ because }) => {
      this.instead = insteadOf[because] ?? "other";
      void this.refresh();
    });
    live.onResync(() => void this.refresh());
    live.start();
  }

  private async refresh(): Promise<void> {
    if (this.over) return;
    const state = await fetchState(this.urls.state);
    if (state === "ended") this.end(this.call?.ticket ? "call" : this.instead);
    else if (state) this.adopt(state);
    else this.refreshSoon();
  }

  /** What was not read, or was overtaken on the way, is read again: it may hold news that nothing else tells. */
  private refreshSoon(): void {
    this.readingAgain ??= setTimeout(() => {
      this.readingAgain = undefined;
      void this.refresh();
    }, readAgainAfter);
  }

  /** When an officer answers, the news of the call comes with these and says more; a read would keep the picture waiting. */
  private refreshUnlessAnswered(): void {
    this.lookingAgain ??= setTimeout(() => {
      this.lookingAgain = undefined;
      if (!this.call?.ticket) void this.refresh();
    }, patience);
  }

  private adopt(state: PhoneState): void {
    const at = Date.parse(state.now);
    if (this.over) return;
    if (at < this.asOf) return this.refreshSoon();
    this.asOf = at;
    noteServerTime(state.now);
    adoptRung(state.rung);
    if (state.step === "over") return this.end(this.call?.ticket ? "call" : this.instead);
    this.hearing.show(state.hearing, state.step === "call");
    this.chat.adopt(state.chat);
    if (state.step === "call" && state.call) {
      return void this.enterCall(state.call).then(() => this.askWhatWasAsked(state));
    }
    if (state.step === "call" || this.call?.ticket) return;
    if (state.waiting) this.showWaiting(state.waiting);
    else this.clock.show(null);
    this.meetings?.adopt(state.near);
    showStep(state.step);
  }

  private askWhatWasAsked({ statement, photograph, guest }: PhoneState): void {
    if (this.over) return;
    this.call?.guests.ask(guest);
    this.statement.show(statement);
    this.askFor(photograph);
  }

  /** Not under the paper that she reads: there she could neither see it nor answer. */
  private askFor(photograph: PhotographRequest | null): void {
    if (!photograph || !this.statement.isOpen) this.call?.sending.ask(photograph);
  }

  private showWaiting(outlook: Outlook): void {
    element("waiting-since").dataset.since = outlook.since;
    showOutlook(outlook);
    this.clock.show(outlook.since);
    this.letSleep ??= stayAwake();
    this.showCamera();
    tick();
  }

  private async enterCall(ticket: PhoneTicket): Promise<void> {
    if (this.over || !this.call) return;
    this.letSleep ??= stayAwake();
    const isNew = this.call.ticket?.call !== ticket.call;
    this.call.begin(ticket);
    // To draw another page takes the hands that both pictures need: it is turned when the officer's begins to arrive.
    if (isNew && stepShown() === "waiting") await Promise.race([this.call.arriving, wait(patience)]);
    if (this.call.ticket?.call !== ticket.call) return;
    this.clock.show(ticket.started);
    showStep("call");
    // Read again, it is the same call: she is called to nothing twice.
    if (isNew) this.handOver.begin();
    this.chat.follow();
    tick();
  }

  /** After a reload: the camera opens by itself where the browser allows it, else one tap is asked for. */
  private bringCameraBack(): void {
    if (this.over || stepShown() === "check_in" || !wantedOn(rungNow()).sound) return;
    void mayOpenWithoutAsking(this.camera.phoneCall === "no").then((may) => (may ? this.reopenCamera() : this.showCamera()));
  }

  /** The camera's light is on only for what is sent, or will be when the link is good again. */
  private async bringCameraToRung(): Promise<void> {
    const wanted = wantedOn(rungNow());
    this.camera.keepOnly(wanted);
    const lacks = (wanted.picture && !this.camera.video) || (this.wantsSound && !this.camera.audio);
    if (lacks && stepShown() !== "check_in" && !this.over) await this.reopenCamera();
    else this.showCamera();
  }

  /** While the phone call goes on it has the sound, whatever the rung. */
  private get wantsSound(): boolean {
    return wantedOn(rungNow()).sound && this.camera.phoneCall !== "still";
  }

  private async reopenCamera(): Promise<void> {
    element("waiting-problem").textContent = "";
    try {
      await this.camera.open(this.camera.facing, wantedOn(rungNow()));
    } catch (failure) {
      if (failure instanceof CameraFailed) element("waiting-problem").textContent = failure.message;
    }
    this.showCamera();
  }

  private showCamera(): void {
    const on = this.camera.video !== null || this.camera.audio !== null;
    const lacks = !on && (wantedOn(rungNow()).picture || this.wantsSound);
    element("camera-is-on").hidden = !on;
    for (const button of document.querySelectorAll<HTMLElement>("[data-reopen-camera]")) {
      if (lacks) button.hidden = false;
      else hideAway(button, headingShown() ?? element("main"));
    }
    if (stepShown() === "call") this.call?.offerToGoOn(lacks);
  }

  private end(after: After): void {
    if (this.over) return;
    this.over = true;
    document.body.dataset.over = "";
    this.call?.end();
    this.chat.end();
    this.statement.show(null);
    this.handOver.end();
    this.hearing.show(null, false);
    this.clock.show(null);
    this.camera.close();
    this.here.stop();
    this.live?.stop();
    this.letSleep?.();
    for (const words of document.querySelectorAll<HTMLElement>("[data-after]")) words.hidden = words.dataset.after !== after;
    showStep("over");
    // A look at the history or a reload shows the harmless page; the phone's cookie goes too.
    history.replaceState(null, "", this.urls.over);
    // It hangs up too, where she is the one who ends the call.
    // An alarm that is still on its way goes first: afterwards the server does not know this phone.
    void this.alarm.told.then(() => post(this.urls.leave, {}, { keepalive: true })).catch(() => undefined);
  }
}
