// How much picture a page sends to a node: what comes through to the one who gets it worst.
//
// Between two browsers the sender finds that out for itself; a node tells it about its own way only. The steps are those
// of Google's congestion control (draft-ietf-rmcat-gcc-02, 5.5 and 6): 0.85 of what comes through where too much was
// sent, 1.05 a second where nothing is lost, and otherwise as it is.
import type { Got } from "./plane";

const less = 0.85;
const more = 1.05;
/** A queue has to drain, too, and until it has the picture stands. */
const muchLess = 0.6;
/** Near to where it was too much the last time it goes up slowly: each time costs a queue. */
const slowly = 1.01;
const nearly = 0.9;
const forgetAfter = 60;
const muchIsLost = 0.05;
const littleIsLost = 0.03;
/** A queue that grows on the way shows in the round trip before anything is lost. Milliseconds. */
const queues = 200;
/** Less is no moving picture; bit/s. */
const least = 100_000;
/**
 * On a way this long a queue is noticed after seconds, and costs as many: there it is never more than this. Measured on
 * 3G: with attempts at more the picture stood for 3 to 50% of the time, according to luck. Milliseconds, bit/s.
 */
const isFar = 200;
const mostWhereFar = 300_000;

export class Pace {
  /** Bit/s: until anything is known, as if it were far. */
  now: number;
  private shortest = Infinity;
  private tooMuch = Infinity;
  private sinceTooMuch = 0;

  constructor(private readonly full: number) {
    this.now = Math.min(mostWhereFar, full);
  }

  /** What they say of the last second. */
  read({ lost, kbps, roundTripMs }: Got): void {
    if (this.shortest === Infinity && roundTripMs > 0 && roundTripMs < isFar) this.now = this.full;
    this.shortest = Math.min(this.shortest, roundTripMs || Infinity);
    if (roundTripMs > this.shortest + queues) this.down(muchLess * 1000 * kbps);
    else if (lost > muchIsLost) this.down(less * 1000 * kbps);
    else if (lost < littleIsLost) this.up();
  }

  private down(to: number): void {
    this.tooMuch = this.now;
    this.sinceTooMuch = 0;
    this.now = Math.max(least, Math.min(this.now, to));
  }

  private up(): void {
    this.sinceTooMuch++;
    if (this.sinceTooMuch > forgetAfter) this.tooMuch = Infinity;
    const most = this.shortest < isFar ? this.full : Math.min(mostWhereFar, this.full);
    this.now = Math.min(most, this.now * (this.now > nearly * this.tooMuch ? slowly : more));
  }
}
