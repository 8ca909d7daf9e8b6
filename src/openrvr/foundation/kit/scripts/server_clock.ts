// The server's clock as this page knows it. Promises are counted by it, never by the clock of the device: whoever sets
// that moves nothing here.

const remembered = 10;
let offsets: number[] = [];

const elapsed = (): number => performance.timeOrigin + performance.now();

const initial = Date.parse(document.body?.dataset.serverNow ?? "");
if (!Number.isNaN(initial)) offsets.push(initial - elapsed());

/** Take note of what the server's clock said in something that has just arrived. */
export function noteServerTime(iso: string): void {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) return;
  offsets = [...offsets.slice(1 - remembered), instant - elapsed()];
}

/** Milliseconds since 1970 on the server. Delay on the way only ever lowers an offset: the largest is the truest. */
export function serverNow(): number {
  return elapsed() + (offsets.length ? Math.max(...offsets) : 0);
}
