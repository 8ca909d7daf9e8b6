// The way to the sheet: its script is fetched when she, or the officer, first wants it. Until the camera is open, a phone
// loads as little as can be.
import type { Camera, Facing } from "#call/camera";
import { wait } from "#kit/http";

import { element, onTap } from "../elements";
import type { Urls } from "../state";
import type { Sheet } from "./sheet";

export interface PhotographRequest {
  request: number;
  call: string;
}

declare module "#kit/live" {
  interface LiveKinds {
    "photograph.asked": PhotographRequest;
  }
}

/** What the sheet needs of the call. */
export interface Sending {
  camera: Camera;
  urls: Urls;
  section: HTMLElement;
  face: (facing: Facing) => Promise<void>;
}

const tryAgain = 2000;

export class SendingDoor {
  private sheet: Promise<Sheet> | null = null;
  private opened: Sheet | null = null;
  private over = false;

  constructor(private readonly sending: Sending) {
    onTap("send", () => void this.fetched().then((sheet) => this.over || sheet.offer()));
  }

  /** What the officer asks for; null where nothing is. */
  ask(request: PhotographRequest | null): void {
    if (!request) return void this.opened?.ask(null);
    void this.fetched().then((sheet) => this.over || sheet.ask(request));
  }

  end(): void {
    this.over = true;
    this.opened?.end();
  }

  private fetched(): Promise<Sheet> {
    this.sheet ??= this.fetch();
    return this.sheet;
  }

  private async fetch(): Promise<Sheet> {
    const url = element("sending").dataset.script!;
    const button = element("send");
    button.setAttribute("aria-busy", "true");
    for (let attempt = 0; ; attempt++) {
      try {
        // Some browsers remember a script that they could not fetch: asked by another address, it is fetched again.
        const module = (await import(attempt ? `${url}?${attempt}` : url)) as typeof import("./sheet");
        button.removeAttribute("aria-busy");
        return (this.opened = new module.Sheet(this.sending));
      } catch {
        await wait(tryAgain);
      }
    }
  }
}
