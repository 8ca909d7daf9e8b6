// An answer waits for nothing: whatever can be done before the press is done while it rings.
import type { Camera } from "#call/camera";
import { Opening } from "#call/opening";
import { post } from "#kit/http";

import type { DeskState, DeskTicket } from "./state";

export class Answering {
  /** A press is on its way: the call that it makes begins with the answer to it, not with the news of it. */
  inProgress = false;
  private opening: Opening | null = null;
  private ice: RTCConfiguration = {};

  constructor(private readonly camera: Camera) {}

  adopt({ ring, call, ice }: DeskState): void {
    this.ice = ice;
    if (this.inProgress) return;
    if (ring && !call) this.prepare();
    else this.drop();
  }

  /** The call, and the offer that went to the phone with the answer. */
  async answer(url: string): Promise<{ ticket: DeskTicket; opening: Opening }> {
    this.inProgress = true;
    try {
      const opening = this.prepare();
      const ticket = await post<DeskTicket>(url, { opening: await opening.greeting() });
      this.opening = null;
      return { ticket, opening };
    } finally {
      this.inProgress = false;
    }
  }

  private prepare(): Opening {
    this.opening ??= new Opening(this.camera, this.ice);
    return this.opening;
  }

  private drop(): void {
    this.opening?.close();
    this.opening = null;
  }
}
