// A beat each second between two people in a call: what each says of itself, and that the way is there.
import { Listeners } from "./listeners";
import type { Ours } from "./ours";
import type { OtherSide } from "./plane";

const beatEvery = 1000;

/** Sends our beats on a channel, for as long as it is open. */
export class Beating {
  private readonly stopTelling: () => void;
  private readonly beating: ReturnType<typeof setInterval>;

  constructor(
    private readonly channel: RTCDataChannel,
    private readonly ours: Ours,
    /** Whether a guest hears it, too. */
    private readonly isForGuests: () => boolean,
  ) {
    channel.addEventListener("open", () => this.beat());
    this.beating = setInterval(() => this.beat(), beatEvery);
    this.stopTelling = ours.words.add(() => this.beat());
  }

  beat(): void {
    if (this.channel.readyState === "open") this.channel.send(JSON.stringify(this.isForGuests() ? this.ours.selfForGuests : this.ours.self));
  }

  stop(): void {
    clearInterval(this.beating);
    this.stopTelling();
  }
}

/** Hears theirs. */
export class Hearing {
  /** performance.now() of the last beat, or of the birth of this. */
  heardAt = performance.now();
  everHeard = false;
  readonly beats = new Listeners<OtherSide>();

  on(channel: RTCDataChannel): void {
    channel.addEventListener("message", ({ data }) => {
      this.heardAt = performance.now();
      this.everHeard = true;
      this.beats.tell(JSON.parse(data as string) as OtherSide);
    });
  }
}

// Without retransmission: after a blackout the first beat must be a fresh one, not the oldest of a queue.
export const fresh: RTCDataChannelInit = { ordered: false, maxRetransmits: 0 };
