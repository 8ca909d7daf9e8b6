// What one connection carries of ours: a track of each kind, exchanged without a new agreement.
import type { Ours } from "./ours";
import type { MediaKind } from "./plane";

const kinds = ["audio", "video"] as const;

export class Sending {
  private readonly stops: (() => void)[];

  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly ours: Ours,
  ) {
    this.stops = [
      ours.tracks.add((kind) => {
        void this.senderOf(kind)?.replaceTrack(ours.track(kind));
        if (kind === "video") void this.limit();
      }),
      ours.limits.add(() => void this.limit()),
    ];
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  // Both kinds are agreed at once, tracks or not: what comes or changes later needs no second agreement.
  offer(direction: "sendrecv" | "sendonly"): void {
    for (const kind of kinds) {
      const transceiver = this.pc.addTransceiver(kind, { direction });
      void transceiver.sender.replaceTrack(this.ours.track(kind));
    }
  }

  /** The other side has offered both kinds. */
  async answer(): Promise<void> {
    for (const transceiver of this.pc.getTransceivers()) {
      transceiver.direction = "sendrecv";
      await transceiver.sender.replaceTrack(this.ours.track(transceiver.receiver.track.kind as MediaKind));
    }
  }

  /** Only what has been agreed can be limited: also to be called after each agreement. */
  async limit(): Promise<void> {
    const sender = this.senderOf("video");
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!sender || !parameters || !encoding || encoding.maxBitrate === this.ours.videoLimit) return;
    encoding.maxBitrate = this.ours.videoLimit;
    await sender.setParameters(parameters).catch(() => undefined);
  }

  private senderOf(kind: MediaKind): RTCRtpSender | undefined {
    return this.pc.getTransceivers().find((each) => each.receiver.track.kind === kind)?.sender;
  }
}
