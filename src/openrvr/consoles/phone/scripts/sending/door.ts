// The way to the sheet: its script is fetched when she, or the officer, first wants it. Until the camera is open, a phone
// loads as little as can be.
import type { Camera, Facing } from "#call/camera";

import { element, onTap } from "../elements";
import type { Urls } from "../state";
import { fetchedLater } from "../written_in";
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
    const button = element("send");
    button.setAttribute("aria-busy", "true");
    const { Sheet } = await fetchedLater<typeof import("./sheet")>(element("sending").dataset.script!);
    button.removeAttribute("aria-busy");
    return (this.opened = new Sheet(this.sending));
  }
}
