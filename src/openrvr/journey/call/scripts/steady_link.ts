// How good a connection is, without jumping at every reading, and what it is that makes it bad.
import type { Link, LinkStats } from "./plane";

const considered = 3;
/** Milliseconds from which on it is the way that is felt, not what is lost on it. */
const slow = 350;

export class SteadyLink {
  private last: LinkStats[] = [];

  read(stats: LinkStats): Link {
    this.last = [...this.last, stats].slice(-considered);
    const [bars, roundTrip] = [median(this.last.map((each) => each.bars)), median(this.last.map((each) => each.roundTripMs ?? 0))];
    return { bars: bars as Link["bars"], isSlow: roundTrip >= slow };
  }
}

const median = (numbers: number[]): number => numbers.sort((one, other) => one - other)[Math.floor((numbers.length - 1) / 2)]!;
