// Her connection, as three bars and a sentence that says what to do about it.
import type { Link, OtherSide, PlaneState } from "#call/plane";

import type { Word } from "./words";

const words = ["no connection", "poor", "fair", "good"] as const;
const sentences: Record<1 | 2, Record<"slow" | "lossy", string>> = {
  1: {
    slow: "Her connection is very slow: leave a pause after each sentence, or you speak over each other",
    lossy: "Her connection is poor: picture and sound break off",
  },
  2: {
    slow: "Her connection is slow: wait a moment after you have spoken",
    lossy: "Her connection is fair: the picture may stand still now and then",
  },
};

/** What is known of it: her page says it itself; until it has, ours stands for both. */
export function herConnection(state: PlaneState | undefined, other: OtherSide | null, ours: Link | null): Link | null {
  if (state === "silent" || state === "away") return { bars: 0, isSlow: false };
  return other?.link ?? ours;
}

export function showConnection(link: Link | null): void {
  const shown = document.getElementById("link-quality")!;
  shown.querySelector<HTMLElement>(".kit-bars")!.dataset.bars = String(link?.bars ?? 0);
  const word = shown.querySelector("[data-word]")!;
  const said = link ? words[link.bars] : "connecting";
  if (word.textContent !== said) word.textContent = said;
}

export function connectionWords(link: Link | null): Word[] {
  if (link?.bars !== 1 && link?.bars !== 2) return [];
  return [{ text: sentences[link.bars][link.isSlow ? "slow" : "lossy"], ...(link.bars === 1 && { tone: "risk" as const }) }];
}
