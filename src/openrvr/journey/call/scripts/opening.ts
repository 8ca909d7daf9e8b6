// The officer's side of a call that has not begun: while it rings the offer is made and the ways to this device are
// looked for, so that it goes to the phone together with the answer. Nothing has been sent to anybody until then.
import { randomId } from "#kit/http";

import type { Camera } from "./camera";
import { PeerLink } from "./peer_link";
import type { Described, Part } from "./signals";

/** An offer, and the page load that made it. */
export type Greeting = { from: string } & Described;

export class Opening {
  readonly session = randomId();
  readonly link: PeerLink;
  private readonly offered: Promise<void>;
  private unsent: Part[] = [];
  private send: (part: Part) => void = (part) => void this.unsent.push(part);

  constructor(camera: Camera, ice: RTCConfiguration) {
    this.link = new PeerLink({ ice, offers: true, camera, send: (part) => this.send(part) });
    this.offered = this.link.offer();
  }

  /** What the phone is to be told with the answer; what is found later waits for `handOver`. */
  async greeting(): Promise<Greeting> {
    await this.offered;
    this.unsent = [];
    return { from: this.session, ...this.link.described() };
  }

  /** The call has begun: from now on there is a way to the phone. */
  handOver(send: (part: Part) => void, ice: RTCConfiguration): void {
    this.link.begin(ice);
    this.send = send;
    this.unsent.forEach(send);
  }

  close(): void {
    this.link.close();
  }
}

/** What a browser loads and looks up for its first connection it need not do when somebody answers. */
export async function warmUp(): Promise<void> {
  const trial = new RTCPeerConnection();
  for (const kind of ["audio", "video"]) trial.addTransceiver(kind);
  await trial.createOffer().catch(() => undefined);
  trial.close();
}
