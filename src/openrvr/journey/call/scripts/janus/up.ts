// The one connection by which this page sends, to a node that passes it on to the others.
import { Beating, fresh } from "../heart";
import { Listeners } from "../listeners";
import type { Ours } from "../ours";
import { offerAnew, Reaching } from "../reaching";
import { Sending } from "../sending";
import type { Part } from "../signals";
import { HoldingOn, isGone } from "./holding_on";

/** A node that has not answered is asked again. Milliseconds. */
const askAgainAfter = 3000;
/** After a silence the way to the node is back sooner than the news of the server, which says so. Milliseconds. */
const foundWithin = 1500;

export class Up {
  readonly pc: RTCPeerConnection;
  readonly failures = new Listeners<void>();
  private readonly sending: Sending;
  private readonly beating: Beating;
  private readonly reaching: Reaching;
  private readonly holdingOn: HoldingOn;
  private readonly watching: ReturnType<typeof setInterval>;
  private round = 0;
  private askedAt = 0;

  constructor(
    ice: RTCConfiguration,
    ours: Ours,
    private readonly send: (part: Part) => void,
    /** What has not left yet is void. */
    private readonly dropUnsent: () => void,
    /** Whether a guest is in the call: the node tells everybody the same. */
    hasGuests: () => boolean,
    /** Since when the server has been heard without a break, by performance.now(); Infinity: it is not. */
    private readonly serverHeardSince: () => number,
  ) {
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...ice });
    this.beating = new Beating(this.pc.createDataChannel("heart", fresh), ours, hasGuests);
    this.sending = new Sending(this.pc, ours);
    this.sending.offer("sendonly");
    this.pc.addEventListener("icecandidate", ({ candidate }) => send({ of: "", candidate: candidate?.toJSON() ?? null }));
    this.reaching = new Reaching(this.pc, () => this.offer());
    this.holdingOn = new HoldingOn(this.pc);
    this.watching = setInterval(() => this.watch(), 250);
  }

  close(): void {
    clearInterval(this.watching);
    this.beating.stop();
    this.sending.stop();
    this.pc.close();
  }

  async offer(): Promise<void> {
    await offerAnew(this.pc);
    this.publish(this.pc.localDescription!.sdp);
  }

  async published(sdp: string, round: number): Promise<void> {
    // An answer to an offer that has since been withdrawn.
    if (round !== this.round || this.pc.signalingState !== "have-local-offer") return;
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    await this.sending.limit();
  }

  beginPictureAnew(): Promise<void> {
    return this.sending.beginPictureAnew();
  }

  private publish(sdp: string): void {
    this.askedAt = performance.now();
    this.round++;
    this.dropUnsent();
    this.send({ publish: sdp, round: this.round });
  }

  private watch(): void {
    const { connectionState } = this.pc;
    const isNew = connectionState === "new" || connectionState === "connecting";
    if (isNew && performance.now() - this.askedAt > askAgainAfter) this.agreeBy(this.offer());
    else if (!isGone(this.pc)) return;
    // Another agreement looks for another way. While nobody hears of it, it would only give up the one that there was.
    else if (performance.now() - this.serverHeardSince() < foundWithin) this.holdingOn.look();
    else if (connectionState === "failed") this.failures.tell();
    else this.agreeBy(this.reaching.look());
  }

  private agreeBy(step: Promise<void>): void {
    step.catch(() => this.failures.tell());
  }
}
