// On which rung of the ladder this page is. The server is told, and tells the officer.
import { Listeners } from "#call/listeners";
import type { Rung } from "#call/rungs";
import { post } from "#kit/http";

import { readPageData } from "./state";

/** Why it is taken: journey/invitation/rungs.py. */
export type Why = "chosen" | "link_poor" | "link_good" | "no_camera" | "no_microphone" | "refused" | "no_calls";

let current: Rung = "video";
let telling: Promise<unknown> = Promise.resolve();
/** How many changes the server does not know yet: until then it has nothing newer to say. */
let untold = 0;
const changes = new Listeners<Rung>();

export const rungNow = (): Rung => current;

/** `handler` is told of every change, whoever made it. */
export const onRung = (handler: (rung: Rung) => void): (() => void) => changes.add(handler);

/** What the server says. */
export function adoptRung(rung: Rung): void {
  if (!untold) become(rung);
}

function become(rung: Rung): void {
  if (rung === current) return;
  current = rung;
  changes.tell(rung);
}

/** Goes on by other means, here at once. One is told after the other, in their order, for as long as it takes. */
export function takeRung(rung: Rung, why: Why): Promise<void> {
  const { urls } = readPageData();
  untold++;
  become(rung);
  const told = telling.then(() => post(urls.rung, { rung, why }, { tries: 1000 })).finally(() => untold--);
  telling = told.catch(() => undefined);
  return told.then(() => {
    // From here on her page needs no script.
    if (rung === "plain" && current === "plain") location.assign(urls.plain);
  });
}
