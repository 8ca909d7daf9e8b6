// What happens at the desk: duty, ring, answer, call, wrap-up. The server decides; the desk shows and asks.
import { Meetings } from "#call/meeting";
import { Delivery } from "#evidence/delivery";
import { post, wait } from "#kit/http";
import type { LiveStream } from "#kit/live";
import { say } from "#kit/notices";
import { Pane } from "#kit/panes";
import { noteServerTime } from "#kit/server_clock";

import { OwnCamera } from "./own_camera";
import { Photographs } from "./photographs";
import { PhysicalResponse } from "./physical";
import { Stage } from "./stage";
import { fetchDeskState, type DeskData, type DeskState, type DeskTicket, type DeskUrls } from "./state";

const restWords = {
  on: "On duty. You are rung when somebody waits.",
  off: "Off duty. Nobody can ring you.",
  ring: "Somebody waits for you. Alt+Enter answers.",
  ended: "The call has ended. Write it up on the right, then close the case.",
  sheLeft: "She has left the call. Write it up on the right, then close the case.",
};

export class Desk {
  private readonly urls: DeskUrls;
  private readonly own: OwnCamera;
  private readonly stage: Stage;
  private readonly meetings: Meetings;
  private readonly delivery = new Delivery();
  private readonly physical: PhysicalResponse;
  private readonly photographs: Photographs;
  private readonly queue: Pane;
  private readonly case: Pane;
  private reference: string;
  private onDuty = false;
  private asOf = 0;
  private endedCall = "";
  private endedWords = restWords.ended;
  private ringing = false;
  /** The case of a ring that is not yet told, since its Answer is not yet on the screen. */
  private toOffer = "";
  /** Until the picture is there, whatever else the page would read waits. */
  private quiet: Promise<unknown> = Promise.resolve();
  private readonly title = document.title;

  constructor(
    private readonly data: DeskData,
    private readonly live: LiveStream,
  ) {
    this.urls = data.urls;
    this.reference = data.state.reference;
    this.own = new OwnCamera((problem) => this.stage.tellCameraProblem(this.onDuty ? problem : ""));
    this.meetings = new Meetings(live);
    this.stage = new Stage(this.meetings, this.urls, this.own, this.delivery, (call) => this.callOver(call));
    this.physical = new PhysicalResponse(this.urls, (state) => this.adopt(state));
    this.photographs = new Photographs(this.urls);
    const caseInHand = (): string => `${this.urls.case}?case=${encodeURIComponent(this.reference)}`;
    const read = { swap: "morph:innerHTML", ready: () => this.quiet } as const;
    this.queue = new Pane("queue", { ...read, url: () => this.urls.queue });
    this.case = new Pane("case", { ...read, url: caseInHand });
  }

  start(): void {
    this.listen();
    document.addEventListener("click", (event) => this.onClick(event));
    this.adopt(this.data.state);
    if (this.onDuty) void this.own.openIfAllowed();
    void this.finishEarlierRecordings();
  }

  /** The browser, or this computer, was stopped in the middle of a call: what it had recorded goes to the server now. */
  private async finishEarlierRecordings(): Promise<void> {
    const left = await this.delivery.resume();
    if (left) say(`Sending ${left === 1 ? "a part" : `${left} parts`} of an earlier recording that had waited on this computer.`, "good");
  }

  private listen(): void {
    const { live } = this;
    const readQueue = (): void => void this.queue.refresh();
    const readCase = ({ reference }: { reference: string }): void => {
      if (reference === this.reference) void this.case.refresh();
    };
    live.on("queue.changed", readQueue);
    live.on("ring.ended", () => (readQueue(), void this.refreshState()));
    live.on("ring.started", ({ reference }) => this.rung(reference));
    document.addEventListener("htmx:afterSwap", () => this.offerAnswer());
    live.on("case.changed", readCase);
    live.on("promises.changed", (changed) => (readCase(changed), readQueue()));
    for (const kind of ["alarm.changed", "hearing.changed"] as const) {
      live.on(kind, ({ reference }) => {
        if (reference === this.reference) void this.refreshState();
        // What she tells before anybody answers stands on her row.
        readQueue();
      });
    }
    live.on("physical.acknowledged", ({ reference }) => reference === this.reference && void this.refreshState());
    live.on("call.live", ({ call }) => {
      // Answered in another window, or the answer to our press was lost on the way.
      if (call !== this.stage.ticket?.call) void this.refreshState();
    });
    live.on("rung.taken", ({ call, rung, rung_words }) => {
      if (call === this.stage.ticket?.call) this.stage.takeRung(rung, rung_words ?? "");
    });
    live.on("ring_back.asked", ({ reference }) => say(`${reference}: she asks to be rung back, on her number in the case.`));
    live.on("statement.objected", ({ reference }) => say(`${reference}: she has read the statement, and something in it is not right.`));
    live.on("statement.signed", ({ reference }) => say(`${reference}: she has signed the statement.`, "good"));
    live.on("phone.changed", ({ words }) => this.stage.tellOfPhone(words));
    live.on("call.near", (_, { at }) => (this.asOf = Math.max(this.asOf, Date.parse(at))));
    live.on("call.relieved", ({ call, seat, name }) => {
      if (call !== this.stage.ticket?.call) return;
      if (seat === this.stage.ticket.seat) void this.refreshState();
      else this.callOver(call, `${name} has taken the call over.`);
    });
    live.on("relief.changed", () => (readQueue(), void this.case.refresh()));
    live.on("call.ended", ({ call, by }) => this.callOver(call, by === "victim" ? restWords.sheLeft : restWords.ended));
    live.onResync(() => void this.refreshState());
  }

  private onClick(event: MouseEvent): void {
    const pressed = (event.target as Element).closest<HTMLElement>("[data-answer], [data-pass-on], [data-relieve], [data-take-back], [data-duty], [data-case], [data-copy]");
    if (!pressed) return;
    const { answer, passOn, relieve, takeBack, duty, copy, case: reference } = pressed.dataset;
    if (reference !== undefined) {
      event.preventDefault();
      void this.open(reference);
    } else if (answer) void this.once(pressed, () => this.answer(answer));
    else if (passOn) void this.once(pressed, () => this.passOn(passOn));
    else if (relieve) void this.once(pressed, () => this.answer(relieve));
    else if (copy) void navigator.clipboard.writeText(copy).then(() => say("Copied.", "good"), () => say("This browser did not copy it: mark the link, and copy it by the keyboard."));
    else if (takeBack) void this.once(pressed, () => this.passOn(takeBack));
    else if (duty) void this.once(pressed, () => this.changeDuty(duty === "on"));
  }

  /** A press acts once, however often it is pressed; a refusal is told in its own words. */
  private async once(pressed: HTMLElement, act: () => Promise<void>): Promise<void> {
    if (pressed.getAttribute("aria-disabled") === "true") return;
    pressed.setAttribute("aria-disabled", "true");
    try {
      await act();
    } catch (problem) {
      say(problem instanceof Error ? problem.message : String(problem));
      void this.refreshState();
    } finally {
      pressed.removeAttribute("aria-disabled");
      void this.queue.refresh();
    }
  }

  private async answer(url: string): Promise<void> {
    // A call that went to a colleague may come back.
    this.endedCall = "";
    this.stage.rest("Answering");
    void this.own.open();
    const begun = post<DeskTicket>(url, {}).then((ticket) => this.enterCall(ticket));
    this.quiet = begun.then(() => this.stage.picture()).catch(() => undefined);
    await begun;
  }

  private async passOn(url: string): Promise<void> {
    await post(url, {});
  }

  private async changeDuty(on: boolean): Promise<void> {
    // In the press itself: the browser asks for the camera only then.
    if (on) void this.own.open();
    this.endedCall = "";
    this.adopt(await post<DeskState>(this.urls.duty, { on }));
    // By what was pressed: where somebody waits, the ring may have overtaken the answer, which then changes nothing yet.
    if (!on) this.own.close();
  }

  private async open(reference: string): Promise<void> {
    if (this.stage.ticket) return say("You are in a call: its case stays open beside it.");
    await Promise.all([this.showCase(reference), this.refreshState()]);
  }

  private rung(reference: string): void {
    this.toOffer = reference;
    this.offerAnswer();
    void this.queue.refresh();
  }

  // Enter answers wherever the officer is, except in the case where she writes: a button that has kept the focus from
  // its last press would take the key for itself.
  // Once a ring, as soon as Answer is on the screen: told sooner, the key that it names would do nothing yet; seen and
  // not yet focused, it would not be what Enter presses.
  private offerAnswer(): void {
    const answer = document.getElementById("answer");
    const reference = this.toOffer;
    if (!answer || !reference || answer.dataset.reference !== reference) return;
    this.toOffer = "";
    this.ringing = true;
    this.rest();
    this.tellRing(`You are rung for ${reference}.`);
    if (document.activeElement?.closest("#case")) return;
    answer.focus();
  }

  private tellRing(words: string): void {
    const region = document.getElementById("ring-words")!;
    if (region.textContent !== words) region.textContent = words;
  }

  private enterCall(ticket: DeskTicket): void {
    if (ticket.call === this.endedCall) return;
    if (ticket.call === this.stage.ticket?.call) return this.stage.begin(ticket);
    this.ringing = false;
    this.tellRing("");
    this.stage.begin(ticket);
    this.photographs.use(ticket.call);
    this.physical.show(ticket.reference, null);
    void this.showCase(ticket.reference);
    void this.refreshState();
  }

  /** Another case begins at its top, wherever the last one was read. */
  private async showCase(reference: string): Promise<void> {
    const isAnother = reference !== this.reference;
    this.reference = reference;
    await this.case.refresh();
    if (isAnother) document.getElementById("case")!.scrollTo(0, 0);
  }

  private callOver(call: string, words = restWords.ended): void {
    if (this.stage.ticket?.call !== call) return;
    this.endedCall = call;
    this.endedWords = words;
    this.stage.end(words);
    this.photographs.use("");
    void this.case.refresh();
    void this.queue.refresh();
    void this.readCaseOnceDelivered();
  }

  /** The last slices come after the end of the call: only then is it known what is missing. */
  private async readCaseOnceDelivered(): Promise<void> {
    await this.stage.recorded;
    while (this.delivery.waiting) await wait(500);
    void this.case.refresh();
  }

  /** What the middle says while there is no picture, and the tab for whoever looks elsewhere. */
  private rest(): void {
    const { ring, on, off } = restWords;
    this.stage.rest(this.ringing ? ring : this.endedCall ? this.endedWords : this.onDuty ? on : off);
    if (!this.ringing) this.tellRing("");
    const alarmed = this.stage.silent.isAlarmed ? "\u25cf SILENT ALARM" : "";
    document.title = alarmed || (this.ringing ? `\u25cf ${ring}` : this.title);
  }

  private async refreshState(): Promise<void> {
    await this.quiet;
    const state = await fetchDeskState(this.urls.state, this.reference);
    if (state) this.adopt(state);
  }

  private adopt(state: DeskState): void {
    const at = Date.parse(state.now);
    if (at < this.asOf) return;
    this.asOf = at;
    noteServerTime(state.now);
    this.onDuty = state.on_duty;
    if (state.call) this.enterCall(state.call);
    else {
      if (this.stage.ticket) this.callOver(this.stage.ticket.call);
      this.meetings.adopt(state.near);
    }
    this.stage.tellOfPhone(state.phone);
    this.ringing = state.ring !== null;
    if (state.reference === (state.call?.reference ?? this.reference)) this.stage.silent.show(state.silent);
    this.rest();
    if (!this.reference) this.reference = state.reference;
    if (state.reference === this.reference) this.physical.show(state.reference, state.physical);
  }
}
