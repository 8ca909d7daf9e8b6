// Camera and sound, asked for by the tap that answers whether she is still on the phone; what is wrong is a page of its
// own, and told to the call-taker too.
import { CameraFailed, type Camera } from "#call/camera";
import { wantedOn } from "#call/rungs";
import { sentences, troubleAtFirst, type Trouble } from "#call/trouble";
import { post } from "#kit/http";

import { element, focusAgain, onTap } from "./elements";
import type { HandOver } from "./hand_over";
import { rungNow, takeRung, type Why } from "./rungs";
import type { PhoneState, Urls } from "./state";
import { stepShown } from "./steps";
import type { TroublePage, Way } from "./trouble_page";

type Part = "ask" | "ready" | "trouble";

/** The buttons of each part. */
const buttons: Record<Part, string[]> = {
  ask: ["open-camera-alone", "open-camera"],
  ready: ["ready"],
  trouble: ["try-again"],
};

/** What the staff are told of the rung that she takes because of it: journey/invitation/rungs.py. */
const whyOf = (trouble: Trouble | ""): Why => (trouble && reasons[trouble]) || "no_camera";

const reasons: Partial<Record<Trouble, Why>> = {
  refused: "refused",
  blocked: "refused",
  "camera-blocked": "refused",
  "blocked-by-phone": "refused",
  "microphone-blocked": "no_microphone",
  "no-microphone": "no_microphone",
  "in-app": "no_calls",
  "no-video": "no_calls",
  insecure: "no_calls",
};

export class CheckIn {
  private trouble: Trouble | "" = "";
  constructor(
    private readonly camera: Camera,
    private readonly handOver: HandOver,
    private readonly urls: Urls,
    private readonly page: TroublePage,
    private readonly onReady: (state: PhoneState) => void,
  ) {
    page.onWay((way) => void this.goOn(way));
    onTap("open-camera-alone", () => this.answer(true));
    onTap("open-camera", () => this.answer(false));
    onTap("try-again", () => void this.openCamera());
    onTap("ready", () => void this.ready());
    camera.onLost(() => this.showAsking());
  }

  /** What she could only find out by a tap that fails is told before it. */
  start(): void {
    const trouble = troubleAtFirst();
    if (trouble && stepShown() === "check_in") void this.showTrouble(trouble);
  }

  private answer(stillOnThePhone: boolean): void {
    this.handOver.answer(stillOnThePhone);
    // She may have gone down before she came back to this page: this is the tap back up.
    if (rungNow() !== "video") void takeRung("video", "chosen");
    void this.openCamera();
  }

  private async openCamera(): Promise<void> {
    await this.once(async () => {
      try {
        await this.camera.open("front", wantedOn(rungNow()));
      } catch (failure) {
        if (!(failure instanceof CameraFailed)) throw failure;
        return this.showTrouble(failure.trouble);
      }
      const { trouble } = this.camera;
      // That one is the phone call's: what the hand-over is for, and no trouble of hers.
      if (trouble && trouble !== "microphone-in-use") return this.showTrouble(trouble);
      this.showReady();
    });
  }

  private async showTrouble(trouble: Trouble): Promise<void> {
    this.trouble = trouble;
    this.tell(trouble);
    if (await this.page.show(trouble)) this.showPart("trouble");
    else this.problem(sentences[trouble]);
  }

  /** The rung below, from the page of a trouble: what works of camera and sound stays. */
  private async goOn(way: Way): Promise<void> {
    if (way !== "picture") void takeRung(way, whyOf(this.trouble));
    if (way === "plain") return;
    if (way === "sound" && !this.camera.audio && this.camera.phoneCall === "no") {
      await this.once(() => this.camera.openSound().catch((failure: CameraFailed) => this.problem(failure.message)));
    }
    this.showReady();
  }

  private showReady(): void {
    const { video, audio, phoneCall } = this.camera;
    if (video) this.camera.preview(element<HTMLVideoElement>("preview"));
    element("preview").hidden = !video;
    const works = video ? (audio ? "both" : "picture") : audio ? "sound" : rungNow() === "text" ? "text" : "nothing";
    for (const part of document.querySelectorAll<HTMLElement>("[data-with]")) part.hidden = !part.dataset.with!.split(" ").includes(works);
    this.showPart("ready");
    this.tell(video && (audio || phoneCall === "still") ? "" : this.trouble);
  }

  private showAsking(): void {
    if (!this.camera.video && !this.camera.audio) this.showPart("ask");
  }

  private showPart(name: Part): void {
    for (const part of document.querySelectorAll<HTMLElement>("[data-part]")) part.hidden = part.dataset.part !== name;
    for (const [part, ids] of Object.entries(buttons)) for (const id of ids) element(id).hidden = part !== name;
    scrollTo(0, 0);
    document.querySelector<HTMLElement>(`[data-part="${name}"] h1`)?.focus({ preventScroll: true });
  }

  private async ready(): Promise<void> {
    await this.once(async () => {
      try {
        // However long there is no connection: it goes on by itself when there is one.
        this.onReady(await post<PhoneState>(this.urls.checkIn, {}, { tries: Infinity }));
      } catch (failure) {
        this.problem(failure instanceof Error ? failure.message : String(failure));
      }
    });
  }

  /** A tap acts once, however often it is tapped. */
  private async once(act: () => Promise<void>): Promise<void> {
    const all = Object.values(buttons).flat().map((id) => element<HTMLButtonElement>(id));
    if (all.some((button) => button.disabled)) return;
    const pressed = document.activeElement;
    for (const button of all) button.disabled = true;
    this.problem("");
    try {
      await act();
    } finally {
      for (const button of all) button.disabled = false;
      focusAgain(pressed);
    }
  }

  // The call-taker watches along: it must not hold up the one who is checking in, nor fail her.
  private tell(trouble: string): void {
    const body = { camera: this.camera.video !== null, microphone: this.camera.audio !== null, trouble };
    void post(this.urls.devices, body).catch(() => undefined);
  }

  private problem(sentence: string): void {
    element("camera-problem").textContent = sentence;
  }
}
