// The one connection by which this page sends, to a node that passes it on to the others.
import { Beating, fresh } from "../heart";
import { Listeners } from "../listeners";
import type { Ours } from "../ours";
import { Sending } from "../sending";
import type { Part } from "../signals";
import { Reaching } from "./reaching";

/** A node that has not answered is asked again. Milliseconds. */
const askAgainAfter = 3000;

export class Up {
  readonly pc: RTCPeerConnection;
  readonly failures = new Listeners<void>();
  private readonly sending: Sending;
  private readonly beating: Beating;
  private readonly reaching: Reaching;
  private readonly watching: ReturnType<typeof setInterval>;
  private round = 0;
  private askedAt = 0;

  constructor(
    ice: RTCConfiguration,
    ours: Ours,
    private readonly send: (part: Part) => void,
    /** What has not left yet is void. */
    private readonly dropUnsent: () => void,
  ) {
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...ice });
    this.beating = new Beating(this.pc.createDataChannel("heart", fresh), ours, hasGuests);
    this.sending = new Sending(this.pc, ours);
    /** Whether a guest is in the call: the node tells everybody the same. */
    hasGuests: () => boolean,
    /** Since when the server has been heard without a break, by performance.now(); Infinity: it is not. */
    private readonly serverHeardSince: () => number,
    this.sending.offer("sendonly");
    this.pc.addEventListener("icecandidate", ({ candidate }) => send({ of: "", candidate: candidate?.toJSON() ?? null }));
    this.pc.addEventListener("connectionstatechange", () => this.onState());
    this.reaching = new Reaching(this.pc, (sdp) => this.publish(sdp));
    this.watching = setInterval(() => this.watch(), 250);
  }

  close(): void {
    clearInterval(this.watching);
    this.beating.stop();
    this.sending.stop();
    this.pc.close();
  }

  offer(): Promise<void> {
    return this.reaching.restart();
  }

  async published(sdp: string, round: number): Promise<void> {
    // An answer to an offer that has since been withdrawn.
    if (round !== this.round || this.pc.signalingState !== "have-local-offer") return;
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    await this.sending.limit();
  }

  private publish(sdp: string): void {
    this.askedAt = performance.now();
    this.round++;
    this.dropUnsent();
    this.send({ publish: sdp, round: this.round });
  }

  private watch(): void {
    const isNew = this.pc.connectionState === "new" || this.pc.connectionState === "connecting";
    const isLate = isNew && performance.now() - this.askedAt > askAgainAfter;
    (isLate ? this.offer() : this.reaching.look()).catch(() => this.failures.tell());
  }

  private onState(): void {
    const { connectionState } = this.pc;
    if (connectionState === "failed" || connectionState === "closed") this.failures.tell();
  }
}
