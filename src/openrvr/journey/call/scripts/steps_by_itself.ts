// When a poor link makes the page go down the ladder, and a good one up again. Sound comes first: nobody who can be heard
// is made silent by a machine, and nothing flaps. A rule without a clock of its own: what it is told decides.
import { rungs, type Rung } from "./rungs";

/** One reading of the link. Shares are 0 to 1; the room is what the way from us can carry, null where nobody knows. */
export interface Reading {
  /** Milliseconds, on any clock that goes forward. */
  at: number;
  lost: number;
  lostThere: number;
  roundTripMs: number | null;
  roomKbps: number | null;
  /** The network was away just before: what was sent meanwhile counts as lost, and says nothing of how it is now. */
  wasAway: boolean;
}

const lowest: Rung = "sound";
/** Readings in a row, of one every two seconds: shorter than this a picture that stands still is bearable. */
const poorBeforeDown = 3;
/** Loss is judged by so many readings together: what is lost in bursts is repaired between them, and the picture goes on. */
const lossIsOver = 6;
const muchLost = 0.1;
const calmBeforeUp = 30_000;
/** A link that was good for so long only because less was asked of it: the next try waits twice as long. */
const relapse = 60_000;
const longestCalm = 240_000;

const isPoor = ({ roundTripMs, roomKbps }: Reading, rung: Rung): boolean =>
  (roundTripMs ?? 0) >= 1500 ||
  // On the lower rungs nothing tries how much more there would be.
  (rung === "video" && roomKbps !== null && roomKbps < 120);

const isGood = ({ lost, lostThere, roundTripMs }: Reading): boolean =>
  Math.max(lost, lostThere) < 0.03 && (roundTripMs ?? 0) < 700;

const losesMuch = (readings: readonly Reading[]): boolean =>
  readings.length >= poorBeforeDown &&
  (["lost", "lostThere"] as const).some((way) =>
    [poorBeforeDown, lossIsOver].every((last) => isMuch(readings.slice(-last).map((reading) => reading[way]))),
  );

// On the whole, and most of the time: a network that was away too briefly for anybody to notice shows as one reading or two
// in which nearly everything is lost.
const isMuch = (shares: readonly number[]): boolean =>
  mean(shares) >= muchLost && shares.filter((share) => share >= muchLost).length >= shares.length / 2;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export class StepsByItself {
  private poor = 0;
  private recent: Reading[] = [];
  private goodSince: number | null = null;
  private wentUpAt = -Infinity;
  private calm = calmBeforeUp;

  /** `highest` is the rung that a person chose last: above it the page never goes by itself. */
  constructor(private highest: Rung) {}

  /** A person has chosen. */
  chosen(rung: Rung): void {
    this.highest = rung;
    this.forget();
    this.calm = calmBeforeUp;
  }

  /** The rung to go to now, from `rung`; null to stay. */
  read(reading: Reading, rung: Rung): Rung | null {
    this.poor = isPoor(reading, rung) ? this.poor + 1 : 0;
    if (!reading.wasAway) this.recent = [...this.recent, reading].slice(-lossIsOver);
    this.goodSince = isGood(reading) ? (this.goodSince ?? reading.at) : null;
    const at = rungs.indexOf(rung);
    if (at > rungs.indexOf(lowest)) return null;
    const isTooPoor = this.poor >= poorBeforeDown || losesMuch(this.recent);
    if (isTooPoor && rung !== lowest) return this.down(reading.at, rungs[at + 1]!);
    if (rung === this.highest || at < rungs.indexOf(this.highest)) return null;
    const good = this.goodSince !== null && reading.at - this.goodSince >= this.calm;
    return good ? this.up(reading.at, rungs[at - 1]!) : null;
  }

  private down(at: number, rung: Rung): Rung {
    this.calm = at - this.wentUpAt < relapse ? Math.min(2 * this.calm, longestCalm) : calmBeforeUp;
    this.forget();
    return rung;
  }

  private forget(): void {
    this.poor = 0;
    this.recent = [];
    this.goodSince = null;
  }

  private up(at: number, rung: Rung): Rung {
    this.wentUpAt = at;
    this.goodSince = at;
    return rung;
  }
}
