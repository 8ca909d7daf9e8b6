// The call on her phone: the officer fills the screen, four buttons with words, and the state of the line in words.
import { CameraFailed, show, type Camera, type Facing } from "#call/camera";
import { join } from "#call/joining";
import { LinkLog } from "#call/link_log";
import type { Meetings } from "#call/meeting";
import type { MediaKind, MediaPlane, OtherSide, PlaneState } from "#call/plane";
import { wantedOn } from "#call/rungs";
import { sentences } from "#call/trouble";
import { post } from "#kit/http";
import { _ } from "#kit/words";

import { Choices } from "./choices";
import { element, hideAway, onTap } from "./elements";
import { Guests } from "./guests";
import { CallLadder } from "./ladder";
import { onRung, rungNow } from "./rungs";
import { SendingDoor } from "./sending/door";
import { startSelfView } from "./self_view";
import type { PhoneTicket, Urls } from "./state";

const stateWords: Record<PlaneState, string> = {
  connecting: _("Connecting"),
  live: "",
  silent: _("The connection is weak. It comes back by itself: stay here."),
  away: _("The officer is away for a moment and comes back by itself. Stay here."),
  ended: "",
};

export class PhoneCall {
  private plane: MediaPlane | null = null;
  private current: PhoneTicket | null = null;
  private log: LinkLog | null = null;
  private alarm = "";
  /** Done when the officer's picture begins to arrive. */
  arriving: Promise<void> = Promise.resolve();
  private readonly remote = element<HTMLVideoElement>("remote-video");
  private readonly choices = new Choices();
  private readonly ladder = new CallLadder(() => this.plane);
  /** Whom she lets in, and who is in. */
  readonly guests: Guests;
  /** Photographs and files of hers. */
  readonly sending: SendingDoor;

  constructor(
    private readonly camera: Camera,
    private readonly meetings: Meetings,
    private readonly urls: Urls,
    private readonly onEnd: () => void,
  ) {
    startSelfView(element("self-view"));
    camera.preview(element<HTMLVideoElement>("self-video"));
    onTap("camera-switch", () => this.toggle("video"));
    onTap("sound-switch", () => this.toggle("audio"));
    onTap("flip", () => void this.flip());
    onTap("go-on", () => void this.goOn());
    onTap("leave", () => this.ask(true));
    onTap("stay", () => this.ask(false));
    onTap("leave-now", () => this.onEnd());
    onTap("without-sound", () => this.applyChoices());
    camera.onTrack(() => this.applyChoices());
    camera.onLost((kind) => {
      if (kind === "video") this.lost();
      this.applyChoices();
    });
    onRung((rung) => {
      this.plane?.carry(rung);
      this.applyChoices();
    });
    this.guests = new Guests(urls.guests);
    this.sending = new SendingDoor({ camera, urls, section: element("call"), face: (facing) => this.face(facing) });
  }

  /** The call that this page is in. */
  get ticket(): PhoneTicket | null {
    return this.current;
  }

  begin(ticket: PhoneTicket): void {
    if (this.current?.call === ticket.call) return;
    this.plane?.stop();
    this.current = ticket;
    element("call-with").textContent = ticket.others[0]!.name;
    this.join(ticket);
    this.ladder.begin();
  }

  /** A press of the silent alarm that the server does not have yet: the officer's browser brings it there. */
  tellAlarm(key: string): void {
    this.alarm = key;
    this.plane?.tellAlarm(key);
  }

  private join(ticket: PhoneTicket): void {
    let arrives = (): void => undefined;
    this.arriving = new Promise((resolve) => (arrives = resolve));
    this.plane = join(this.meetings.for(ticket), {
      camera: this.camera,
      rung: rungNow(),
      remote: this.remote,
      onArriving: arrives,
      onFirstFrame: () => void post(this.urls.seen, { call: ticket.call }).catch(() => undefined),
      onTapNeeded: () => this.offerToGoOn(true),
      onOver: this.onEnd,
      onElsewhere: () => this.goneElsewhere(),
    });
    this.plane.main.onState((state) => {
      if (this.plane) element("call-with").textContent = this.plane.main.other.name;
      this.say(stateWords[state]);
    });
    this.plane.main.onOtherSide((other) => this.tellOf(other));
    this.log?.end();
    this.log = new LinkLog(this.urls.readings, ticket.call, this.plane);
    this.plane.tellAlarm(this.alarm);
    this.guests.follow(this.plane);
    this.say(stateWords[this.plane.main.state]);
    this.applyChoices();
  }

  end(): void {
    this.sending.end();
    this.guests.end();
    this.ladder.end();
    this.log?.end();
    this.log = null;
    this.plane?.stop();
    this.plane = null;
    this.current = null;
    this.remote.srcObject = null;
  }

  /** After a reload the browser may want a tap before it opens the camera again. */
  offerToGoOn(wanted: boolean): void {
    if (wanted) element("go-on").hidden = false;
    else hideAway(element("go-on"), element("call-title"));
  }

  private goneElsewhere(): void {
    this.plane = null;
    this.camera.close();
    this.say(_("The call goes on in another window."));
    this.offerToGoOn(true);
  }

  private async goOn(): Promise<void> {
    this.offerToGoOn(false);
    if (!this.plane && this.current) this.join(this.current);
    if (this.remote.srcObject) void show(this.remote, this.remote.srcObject as MediaStream);
    if (!this.camera.video) await this.openAgain();
  }

  private async openAgain(): Promise<void> {
    try {
      await this.camera.open(this.camera.facing, wantedOn(rungNow()));
      const { trouble } = this.camera;
      if (trouble && trouble !== "microphone-in-use") this.say(sentences[trouble]);
    } catch (failure) {
      this.say(failure instanceof CameraFailed ? failure.message : String(failure));
      this.offerToGoOn(true);
    }
  }

  private toggle(kind: MediaKind): void {
    const turnsOn = !this.isOn(kind);
    this.choices.set(kind, !turnsOn);
    if (turnsOn && !this.has(kind)) void this.openAgain();
    this.applyChoices();
  }

  private has(kind: MediaKind): boolean {
    return (kind === "video" ? this.camera.video : this.camera.audio) !== null;
  }

  /** As the switch shows it. What a phone call has of the sound, the hand-over says and asks for. */
  private isOn(kind: MediaKind): boolean {
    const held = kind === "audio" && this.camera.phoneCall !== "no";
    return !this.choices.isOff(kind) && (this.has(kind) || held);
  }

  // Also after a reload and after a switch of cameras: what she turned off stays off.
  private applyChoices(): void {
    for (const [kind, id] of [["video", "camera-switch"], ["audio", "sound-switch"]] as const) {
      (this.plane ?? this.camera).mute(kind, this.choices.isOff(kind));
      element(id).setAttribute("aria-checked", String(this.isOn(kind)));
    }
  }

  private async face(facing: Facing): Promise<void> {
    await this.plane?.setCamera(facing);
  }

  private async flip(): Promise<void> {
    const button = element<HTMLButtonElement>("flip");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await this.face(this.camera.facing === "front" ? "back" : "front");
    } catch {
      this.say(_("The other camera did not start."));
      setTimeout(() => this.say(stateWords[this.plane?.main.state ?? "ended"]), 3000);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  private lost(): void {
    if (!this.current) return;
    this.say(_("Another app has taken the camera."));
    this.offerToGoOn(true);
  }

  private ask(whether: boolean): void {
    element("leaving").hidden = !whether;
    element("call-buttons").hidden = whether;
    element(whether ? "stay" : "leave").focus();
  }

  private tellOf(other: OtherSide): void {
    element("recorded").hidden = !other.records;
    const carried = wantedOn(rungNow());
    const words = [
      ...(other.camera || !carried.picture ? [] : [_("The officer's camera is off")]),
      ...(other.sound || !carried.sound ? [] : [_("The officer's sound is off")]),
    ];
    const list = element("call-words");
    if (list.dataset.words === words.join()) return;
    list.dataset.words = words.join();
    list.replaceChildren(...words.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
  }

  private say(sentence: string): void {
    const words = element("call-state");
    if (words.textContent !== sentence) words.textContent = sentence;
  }
}
