// One RTCPeerConnection between two page loads, with its heart. A new session on either side is a new link.
import { Beating, fresh, Hearing } from "../heart";
import { Listeners } from "../listeners";
import type { Ours } from "../ours";
import { lookAnew, offerAnew, Reaching } from "../reaching";
import { Sending } from "../sending";
import type { Part } from "../signals";

interface LinkOptions {
  ice: RTCConfiguration;
  /** Only one side makes offers, so two offers can never cross. */
  offers: boolean;
  ours: Ours;
  /** It goes to, or comes from, a guest. */
  isGuests: boolean;
  send: (part: Part) => void;
}

export class PeerLink {
  readonly pc: RTCPeerConnection;
  readonly remote = new MediaStream();
  readonly hearing = new Hearing();
  readonly tracks = new Listeners<MediaStreamTrack>();
  readonly failures = new Listeners<void>();
  private readonly beating: Beating;
  private readonly sending: Sending;
  private readonly reaching: Reaching;
  /** What it offers is for nobody: see `Reaching`. An offer of theirs can then be taken by a new link only. */
  isLooking = false;
  private round = 0;
  private early: (RTCIceCandidateInit | null)[] = [];

  constructor(private readonly options: LinkOptions) {
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...options.ice });
    const heart = this.pc.createDataChannel("heart", { negotiated: true, id: 0, ...fresh });
    this.hearing.on(heart);
    this.beating = new Beating(heart, options.ours, () => options.isGuests);
    this.pc.addEventListener("icecandidate", ({ candidate }) => this.sendCandidate(candidate));
    this.pc.addEventListener("track", ({ track }) => {
      this.remote.addTrack(track);
      this.tracks.tell(track);
    });
    this.pc.addEventListener("connectionstatechange", () => this.onConnectionState());
    this.sending = new Sending(this.pc, options.ours);
    this.reaching = new Reaching(this.pc, () => this.lookAround());
    if (options.offers) this.sending.offer("sendrecv");
  }

  close(): void {
    this.beating.stop();
    this.sending.stop();
    this.pc.close();
  }

  /** The offering side's first call and every redial: fresh ICE credentials, same picture and sound. */
  offer(): Promise<void> {
    return this.unlessClosed(() => this.makeOffer());
  }

  accept(part: Part): Promise<void> {
    return this.unlessClosed(async () => {
      if ("description" in part) await this.acceptDescription(part.description, part.round);
      else if ("candidate" in part) await this.acceptCandidate(part.candidate);
    });
  }

  // A link closed in the middle of a step fails that step; nothing hangs on it any more.
  private async unlessClosed(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (problem) {
      if (this.pc.signalingState !== "closed") throw problem;
    }
  }

  /** A few times a second: holds on to the way, and looks for others, where there is none. */
  reach(): Promise<void> {
    // An offer that was sent does so itself.
    const isOffering = this.pc.signalingState === "have-local-offer" && !this.isLooking;
    return isOffering ? Promise.resolve() : this.unlessClosed(() => this.reaching.look());
  }

  /** They have us again after a silence. */
  beginPictureAnew(): Promise<void> {
    return this.unlessClosed(() => this.sending.beginPictureAnew());
  }

  private async lookAround(): Promise<void> {
    await lookAnew(this.pc);
    this.isLooking = true;
  }

  private async makeOffer(): Promise<void> {
    this.round++;
    this.isLooking = false;
    await offerAnew(this.pc);
    this.sendDescription();
  }

  private async acceptDescription(description: RTCSessionDescriptionInit, round: number): Promise<void> {
    if (description.type === "answer") {
      // An answer to an offer that has since been withdrawn.
      if (round !== this.round || this.pc.signalingState !== "have-local-offer") return;
      await this.pc.setRemoteDescription(description);
    } else {
      this.round = round;
      await this.pc.setRemoteDescription(description);
      await this.answer();
    }
    await this.sending.limit();
    const early = this.early;
    this.early = [];
    for (const candidate of early) await this.acceptCandidate(candidate);
  }

  private async answer(): Promise<void> {
    await this.sending.answer();
    await this.pc.setLocalDescription();
    this.sendDescription();
  }

  private async acceptCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (!this.pc.remoteDescription) return void this.early.push(candidate);
    try {
      await this.pc.addIceCandidate(candidate ?? undefined);
    } catch (problem) {
      // A candidate of an earlier round is of no use and no harm; anything else must be seen.
      if (!(problem instanceof DOMException && problem.name === "OperationError")) throw problem;
    }
  }

  private sendDescription(): void {
    const { type, sdp } = this.pc.localDescription!;
    this.options.send({ description: { type, sdp: type === "offer" ? asFirstSpeaker(sdp) : sdp }, round: this.round });
  }

  private sendCandidate(candidate: RTCIceCandidate | null): void {
    if (!this.isLooking) this.options.send({ candidate: candidate?.toJSON() ?? null });
  }

  private onConnectionState(): void {
    const state = this.pc.connectionState;
    if (state === "failed" || state === "closed") this.failures.tell();
  }
}

// Left to itself the answering side opens the encryption, often before its answer has arrived here: that is lost, and
// tried again a tenth of a second later. We know the other side when its answer is there, so we begin.
const asFirstSpeaker = (offer: string): string => offer.replace(/a=setup:actpass/g, "a=setup:active");
