// What one connection carries of ours: a track of each kind, exchanged without a new agreement.
import type { Ours } from "./ours";
import type { MediaKind } from "./plane";

const kinds = ["audio", "video"] as const;

export class Sending {
  private readonly stops: (() => void)[];
  private work: Promise<void> = Promise.resolve();

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
  limit(): Promise<void> {
    return this.change((encoding) => {
      if (encoding.maxBitrate === this.ours.videoLimit) return false;
      encoding.maxBitrate = this.ours.videoLimit;
      return true;
    });
  }

  /** Whoever was without us needs a whole picture first, and Chromium would ask for it three seconds later. */
  async beginPictureAnew(): Promise<void> {
    for (const active of [false, true]) {
      await this.change((encoding) => {
        encoding.active = active;
        return true;
      });
    }
  }

  // One change after the other: of two at once a browser refuses one, and a picture must not stay turned off by that.
  private change(how: (encoding: RTCRtpEncodingParameters) => boolean): Promise<void> {
    this.work = this.work.then(async () => {
      const sender = this.senderOf("video");
      const parameters = sender?.getParameters();
      const encoding = parameters?.encodings?.[0];
      if (sender && parameters && encoding && how(encoding)) await sender.setParameters(parameters).catch(() => undefined);
    });
    return this.work;
  }

  private senderOf(kind: MediaKind): RTCRtpSender | undefined {
    return this.pc.getTransceivers().find((each) => each.receiver.track.kind === kind)?.sender;
  }
}
