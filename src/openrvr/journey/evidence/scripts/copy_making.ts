// Working copies that are not there yet: asked for once, then looked for until they are.
import { post, wait } from "#kit/http";

import type { Copy, Take } from "./player_data";

interface Told {
  takes: Copy[];
}

const lookEvery = 2000;
/** Milliseconds after which somebody must know that it takes long. */
const patience = 60_000;

const words = {
  making: "A part of the recording is being made ready to be played. It appears here by itself.",
  slow: "A part of the recording is not ready yet. It is still looked for; what it is made from is kept in any case.",
  unreachable: "The server was not asked for the part that is not ready: load the page again.",
};

/** `onNews` is called when there is something else to play. */
export async function makeCopies(url: string, takes: Take[], onNews: () => void): Promise<void> {
  if (takes.every(({ isWhole }) => isWhole)) return;
  const line = document.getElementById("making")!;
  line.textContent = words.making;
  try {
    const began = performance.now();
    let told = await post<Told>(url, {});
    adopt(told, takes, onNews);
    while (told.takes.some(({ isBeingMade }) => isBeingMade)) {
      if (performance.now() - began > patience) line.textContent = words.slow;
      await wait(lookEvery);
      told = await look(url, told);
      adopt(told, takes, onNews);
    }
    line.textContent = "";
  } catch {
    line.textContent = words.unreachable;
  }
}

function adopt(told: Told, takes: Take[], onNews: () => void): void {
  for (const take of takes) Object.assign(take, told.takes.find(({ id }) => id === take.id));
  onNews();
}

/** What there is now; what was there before where the server does not answer. */
async function look(url: string, known: Told): Promise<Told> {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    return answer.ok ? ((await answer.json()) as Told) : known;
  } catch {
    return known;
  }
}
