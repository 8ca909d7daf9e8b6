// The sheet over the call in which she takes a photograph, or chooses a file, and sends it. Fetched when it is needed.
import { show, type Facing } from "#call/camera";
import { post, wait } from "#kit/http";
import { _, withTenths } from "#kit/words";

import { element } from "../elements";
import { isWriting, speak } from "../steps";
import type { PhotographRequest, Sending } from "./door";
import { canPhotograph, photograph } from "./photograph";
import { CannotSend, Upload, type Progress } from "./upload";

// JPEG first: an iPhone then gives a photograph in it, and not in a format that few programs open.
const taken = "image/jpeg,image/png,image/webp,application/pdf,audio/*,video/*,text/plain";
const photographs = "image/jpeg,image/png,image/webp";
const kept = _("It is kept as evidence, as the call is.");
/** Bytes. A picture that is larger is not shown before it is sent: some phones have no room for it. */
const largestShown = 30_000_000;
const thanksFor = 6000;

const sendingWords = {
  ready: _("Getting it ready"),
  going: _("Stay on this page. You can go on talking."),
  weak: _("The connection is weak. It goes on by itself: stay on this page."),
};

interface Choice {
  label: string;
  act: () => void;
  second?: boolean;
}

interface Part {
  title: string;
  words?: string;
  shown?: HTMLElement;
  choices: Choice[];
}

export class Sheet {
  private request: PhotographRequest | null = null;
  private upload: Upload | null = null;
  /** A request that came while she was sending something. */
  private waiting: PhotographRequest | null = null;
  /** Where the camera looked before the sheet turned it. */
  private facedBefore: Facing | null = null;
  // Held here: a browser may forget an input that nobody holds, and with it what she chose.
  private input: HTMLInputElement | null = null;
  private drawings = 0;
  private step: "closed" | "asked" | "busy" = "closed";

  constructor(private readonly sending: Sending) {}

  /** The officer asks; null where there is no request any more. */
  ask(request: PhotographRequest | null): void {
    if (this.step === "busy") {
      this.waiting = request?.request === this.request?.request ? null : request;
      return;
    }
    if (!request) {
      if (this.step === "asked") this.close();
      return;
    }
    if (this.step === "asked" && this.request?.request === request.request) return;
    this.request = request;
    this.step = "asked";
    this.draw({
      title: _("The officer asks for a photograph of what you want to show."),
      words: kept,
      choices: [
        { label: _("Take it"), act: () => void this.take() },
        { label: _("Not now"), act: () => this.decline(), second: true },
      ],
    });
  }

  /** She wants to send something by herself. */
  offer(): void {
    if (this.step !== "closed") return;
    this.request = null;
    this.step = "busy";
    this.draw({
      title: _("Send a photo or file"),
      words: `${_("A photograph, a screenshot, a PDF, a voice message or a video.")} ${kept}`,
      choices: [
        { label: _("Choose a photo or file"), act: () => this.choose(taken) },
        { label: _("Take a photograph"), act: () => void this.take(), second: true },
        { label: _("Back to the call"), act: () => this.close(), second: true },
      ],
    });
  }

  /** Nothing is sent any more, and nothing of it stays. */
  end(): void {
    this.upload?.stop();
    this.upload = null;
    this.input = null;
    this.request = null;
    this.step = "closed";
    this.sending.section.removeAttribute("data-sending");
    element("sending").hidden = true;
    element("sending-shown").replaceChildren();
  }

  private close(): void {
    this.end();
    const { facedBefore, waiting } = this;
    this.facedBefore = this.waiting = null;
    if (facedBefore) void this.turn(facedBefore);
    if (waiting) return this.ask(waiting);
    const isAskedToStay = element("call-buttons").hidden;
    const back = element("chat").hidden ? (isAskedToStay ? "stay" : "send") : "chat-words";
    element(back).focus({ preventScroll: true });
  }

  private decline(): void {
    const { request } = this;
    if (request) {
      const body = { request: request.request };
      void post(this.sending.urls.declinePhotograph, body, { tries: 20 }).catch(() => undefined);
    }
    this.close();
  }

  private async take(): Promise<void> {
    const { camera } = this.sending;
    this.step = "busy";
    // In the tap itself: only then does a browser open the phone's own camera.
    if (!canPhotograph(camera.video)) return this.choose(photographs, true);
    this.rest();
    this.facedBefore ??= camera.facing;
    await this.turn("back");
    if (this.isOpen) this.aim();
  }

  private aim(): void {
    const view = document.createElement("video");
    view.playsInline = true;
    view.muted = true;
    view.setAttribute("aria-label", _("What the photograph will show"));
    view.toggleAttribute("data-mirrored", this.sending.camera.facing === "front");
    void show(view, this.sending.camera.stream);
    this.draw({
      title: _("Hold the phone still"),
      shown: view,
      choices: [
        { label: _("Take the photograph"), act: () => void this.shoot() },
        { label: _("Turn the camera round"), act: () => void this.turnRound(), second: true },
        { label: _("Back to the call"), act: () => this.leave(), second: true },
      ],
    });
  }

  private async turnRound(): Promise<void> {
    this.rest();
    await this.turn(this.sending.camera.facing === "front" ? "back" : "front");
    if (this.isOpen) this.aim();
  }

  private async turn(facing: Facing): Promise<void> {
    if (this.sending.camera.facing === facing) return;
    // A laptop, or a broken camera: then with the one that works.
    await this.sending.face(facing).catch(() => undefined);
  }

  // Asked by a method: the call may have ended while something was waited for.
  private get isOpen(): boolean {
    return this.step !== "closed";
  }

  private async shoot(): Promise<void> {
    const track = this.sending.camera.video;
    this.rest();
    try {
      if (!canPhotograph(track)) throw new Error("The camera is off.");
      const picture = await photograph(track);
      await this.review(picture, `photograph.${picture.type === "image/png" ? "png" : "jpg"}`, () => this.aim());
    } catch {
      this.problem(_("The camera did not take the photograph."), {
        label: _("Use the phone's own camera"),
        act: () => this.choose(photographs, true),
      });
    }
  }

  private choose(accept: string, byCamera = false): void {
    const input = (this.input = document.createElement("input"));
    input.type = "file";
    input.accept = accept;
    if (byCamera) input.setAttribute("capture", "environment");
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file && this.input === input) void this.review(file, file.name, () => this.choose(accept, byCamera), file.name);
    });
    input.click();
    // The phone tells nobody when its camera is closed without a photograph.
    if (byCamera) {
      this.draw({
        title: _("Take the photograph with your phone's camera"),
        words: _("Then come back to this page. The call goes on."),
        choices: [
          { label: _("Open the camera"), act: () => input.click() },
          { label: _("Back to the call"), act: () => this.leave(), second: true },
        ],
      });
    }
  }

  /** `chosen` is the name by which she knows what she chose; empty for what the camera has just taken. */
  private async review(content: Blob, name: string, again: () => void, chosen = ""): Promise<void> {
    const picture = await drawn(content, chosen || _("What is sent")).catch(() => null);
    if (!this.isOpen) return;
    this.draw({
      title: picture ? _("Send this picture?") : _("Send this file?"),
      words: picture && !chosen ? "" : `${name}, ${megabytes(content.size)}`,
      ...(picture ? { shown: picture } : {}),
      choices: [
        { label: _("Send"), act: () => void this.send(content, name) },
        { label: _("Again"), act: again, second: true },
        { label: _("Do not send"), act: () => this.leave(), second: true },
      ],
    });
  }

  private async send(content: Blob, name: string): Promise<void> {
    const outgoing = { content, name, request: this.request?.request ?? null };
    const upload = new Upload(outgoing, this.sending.urls.uploads, (progress) => this.tell(progress));
    this.upload = upload;
    this.draw({
      title: _("Sending"),
      words: sendingWords.going,
      choices: [{ label: _("Stop"), act: () => this.leave(), second: true }],
    });
    try {
      if (!(await upload.send()) || this.upload !== upload) return;
      this.upload = null;
      await this.thank();
    } catch (failure) {
      if (this.upload !== upload) return;
      this.upload = null;
      const sentence = failure instanceof CannotSend ? failure.message : _("That did not work.");
      this.problem(sentence, { label: _("Choose another"), act: () => this.choose(taken) });
    }
  }

  private async thank(): Promise<void> {
    this.draw({
      title: _("The officer has it"),
      choices: [{ label: _("Back to the call"), act: () => this.close() }],
    });
    // The heading has the focus already, and is not read again for its new words.
    speak(_("The officer has it"));
    const { drawings } = this;
    await wait(thanksFor);
    // Whoever has moved on to the button is about to press it: it does not become another one.
    const isUntouched = document.activeElement === element("sending-title");
    if (this.drawings !== drawings || !this.isOpen || !isUntouched) return;
    this.close();
    if (!this.isOpen && !isWriting()) element("call-title").focus({ preventScroll: true });
  }

  /** Nothing is sent. To a request that is an answer, too. */
  private leave(): void {
    if (this.request) this.decline();
    else this.close();
  }

  private problem(sentence: string, choice: Choice): void {
    this.draw({
      title: _("This was not sent"),
      words: sentence,
      // No answer to the request: the officer may ask again.
      choices: [choice, { label: _("Back to the call"), act: () => this.close(), second: true }],
    });
  }

  private tell({ step, done, of, weak }: Progress): void {
    const line = element("sending-words");
    const words = step === "hashing" ? sendingWords.ready : weak ? sendingWords.weak : sendingWords.going;
    if (line.textContent !== words) line.textContent = words;
    // For the eye alone: read out, each piece would talk over the call.
    element("sending-amount").textContent = step === "hashing" ? "" : _("{} of {} sent", megabytes(done), megabytes(of));
  }

  private rest(): void {
    for (const button of element("sending").querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  }

  private draw({ title, words = "", shown, choices }: Part): void {
    const heading = element("sending-title");
    heading.textContent = title;
    this.drawings++;
    element("sending-words").textContent = words;
    element("sending-amount").textContent = "";
    element("sending-shown").replaceChildren(...(shown ? [shown] : []));
    element("sending-buttons").replaceChildren(...choices.map(button));
    element("sending").hidden = false;
    this.sending.section.setAttribute("data-sending", shown ? "large" : "");
    heading.focus({ preventScroll: true });
  }
}

function button({ label, act, second }: Choice): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `phone__button${second ? " phone__button--second" : ""}`;
  made.textContent = label;
  made.addEventListener("click", () => made.getAttribute("aria-disabled") === "true" || act());
  return made;
}

/** The picture as the page shows it; throws for what is none, or is in a format that this browser cannot draw. */
async function drawn(content: Blob, alt: string): Promise<HTMLImageElement> {
  if (!content.type.startsWith("image/") || content.size > largestShown) throw new Error("no picture");
  const picture = new Image();
  picture.alt = alt;
  picture.src = await new Promise<string>((resolve, refuse) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result as string));
    reader.addEventListener("error", () => refuse(reader.error));
    reader.readAsDataURL(content);
  });
  await picture.decode();
  return picture;
}

const megabytes = (bytes: number): string => _("{} MB", withTenths(bytes / 1_000_000));
