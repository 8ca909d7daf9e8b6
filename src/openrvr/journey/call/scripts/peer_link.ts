// One RTCPeerConnection between two page loads, with its heart. A new session on either side is a new link.
import type { Camera } from "./camera";
import { Listeners } from "./listeners";
import type { OtherSide } from "./plane";
import { carriedOn, type Rung } from "./rungs";
import type { Part } from "./signals";
import { Stills } from "./stills";

interface LinkOptions {
  ice: RTCConfiguration;
  /** Only one side makes offers (the officer's), so two offers can never cross. */
  offers: boolean;
  camera: Camera;
  rung: Rung;
  records: () => boolean;
  alarm: () => string;
  send: (part: Part) => void;
}

const beatEvery = 1000;

/** Upward limits, bit/s: a phone's upload is the narrow place; the officer must be seen clearly. */
const videoBitrate = { phone: 400_000, officer: 800_000 };
/** A still of 640 by 480 every four seconds, sharp enough to read a face. */
const stillsBitrate = 80_000;

export class PeerLink {
  readonly pc: RTCPeerConnection;
  readonly remote = new MediaStream();
  /** performance.now() of the last beat from the other side, or of the link's birth. */
  heardAt = performance.now();
  everHeard = false;
  readonly beats = new Listeners<OtherSide>();
  readonly tracks = new Listeners<MediaStreamTrack>();
  readonly failures = new Listeners<void>();
  private readonly heart: RTCDataChannel;
  private readonly beating: ReturnType<typeof setInterval>;
  private stopFollowing: () => void;
  private camera: Camera;
  private rung: Rung;
  private stills: Stills | null = null;
  private round = 0;
  private early: (RTCIceCandidateInit | null)[] = [];

  constructor(private readonly options: LinkOptions) {
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...options.ice });
    // Without retransmission: after a blackout the first beat must be a fresh one, not the oldest of a queue.
    this.heart = this.pc.createDataChannel("heart", { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 });
    this.heart.addEventListener("message", (event) => this.hear(event.data as string));
    this.heart.addEventListener("open", () => this.beat());
    this.beating = setInterval(() => this.beat(), beatEvery);
    this.pc.addEventListener("icecandidate", ({ candidate }) => this.sendCandidate(candidate));
    this.pc.addEventListener("track", ({ track }) => {
      this.remote.addTrack(track);
      this.tracks.tell(track);
    });
    this.pc.addEventListener("connectionstatechange", () => this.onConnectionState());
    this.camera = options.camera;
    this.rung = options.rung;
    this.stopFollowing = this.camera.onTrack(({ kind }) => this.follow(kind));
    if (options.offers) this.prepare();
  }

  close(): void {
    clearInterval(this.beating);
    this.stopFollowing();
    this.stills?.stop();
    this.pc.close();
  }

  /** From now on the other side gets the picture and sound of this camera. */
  use(camera: Camera): void {
    this.stopFollowing();
    this.camera = camera;
    this.stopFollowing = camera.onTrack(({ kind }) => this.follow(kind));
    // The picture first: the browser starts one sender after the other, and sound takes it longer.
    for (const track of [camera.video, camera.audio]) if (track) this.follow(track.kind);
    this.beat();
  }

  /** Sends what this rung carries, and no more. */
  carry(rung: Rung): void {
    this.rung = rung;
    for (const kind of ["video", "audio"]) this.follow(kind);
    void this.capVideo();
    this.beat();
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

  beat(): void {
    if (this.heart.readyState === "open") this.heart.send(JSON.stringify(this.self()));
  }

  // A link closed in the middle of a step fails that step; nothing hangs on it any more.
  private async unlessClosed(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (problem) {
      if (this.pc.signalingState !== "closed") throw problem;
    }
  }

  private async makeOffer(): Promise<void> {
    // An offer still unanswered was made on the network that failed; its candidates are stale.
    if (this.pc.signalingState === "have-local-offer") await this.pc.setLocalDescription({ type: "rollback" });
    if (this.pc.remoteDescription) this.pc.restartIce();
    this.round++;
    await this.pc.setLocalDescription();
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
    await this.capVideo();
    const early = this.early;
    this.early = [];
    for (const candidate of early) await this.acceptCandidate(candidate);
  }

  private async answer(): Promise<void> {
    for (const transceiver of this.pc.getTransceivers()) {
      transceiver.direction = "sendrecv";
      await transceiver.sender.replaceTrack(this.trackFor(transceiver.receiver.track.kind));
    }
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
    this.options.send({ candidate: candidate?.toJSON() ?? null });
  }

  // Both kinds are agreed at once, tracks or not: what comes or changes later needs no second agreement.
  private prepare(): void {
    for (const kind of ["audio", "video"] as const) {
      const transceiver = this.pc.addTransceiver(kind, { direction: "sendrecv" });
      void transceiver.sender.replaceTrack(this.trackFor(kind));
    }
  }

  private trackFor(kind: string): MediaStreamTrack | null {
    const { sound, picture } = carriedOn[this.rung];
    if (kind === "audio") return sound ? this.camera.audio : null;
    this.stills?.stop();
    this.stills = picture === "stills" && this.camera.video ? new Stills(this.camera.video) : null;
    if (this.stills) return this.stills.track;
    return picture === "live" ? this.camera.video : null;
  }

  private follow(kind: string): void {
    const transceiver = this.pc.getTransceivers().find((each) => each.receiver.track.kind === kind);
    void transceiver?.sender.replaceTrack(this.trackFor(kind));
  }

  private async capVideo(): Promise<void> {
    const sender = this.pc.getTransceivers().find((each) => each.receiver.track.kind === "video")?.sender;
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!sender || !parameters || !encoding) return;
    const full = videoBitrate[this.options.offers ? "officer" : "phone"];
    encoding.maxBitrate = carriedOn[this.rung].picture === "stills" ? stillsBitrate : full;
    await sender.setParameters(parameters).catch(() => undefined);
  }

  private self(): OtherSide {
    const { audio, video } = this.camera;
    return {
      camera: (video?.enabled ?? false) && carriedOn[this.rung].picture !== "none",
      sound: audio !== null && audio.enabled && !audio.muted && carriedOn[this.rung].sound,
      hidden: document.visibilityState === "hidden",
      phoneCall: this.camera.phoneCall,
      records: this.options.records(),
      ...(this.options.alarm() && { alarm: this.options.alarm() }),
    };
  }

  private hear(message: string): void {
    this.heardAt = performance.now();
    this.everHeard = true;
    this.beats.tell(JSON.parse(message) as OtherSide);
  }

  private onConnectionState(): void {
    const state = this.pc.connectionState;
    if (state === "failed" || state === "closed") this.failures.tell();
  }
}

// Left to itself the answering side opens the encryption, often before its answer has arrived here: that is lost, and
// tried again a tenth of a second later. We know the other side when its answer is there, so we begin.
const asFirstSpeaker = (offer: string): string => offer.replace(/a=setup:actpass/g, "a=setup:active");
