// The ladder, from the top down: see journey/invitation/rungs.py. What each rung carries between the two of them.
export const rungs = ["video", "stills", "sound", "text", "plain"] as const;
export type Rung = (typeof rungs)[number];

export interface Carried {
  picture: "live" | "stills" | "none";
  sound: boolean;
}

export const carriedOn: Record<Rung, Carried> = {
  video: { picture: "live", sound: true },
  stills: { picture: "stills", sound: true },
  sound: { picture: "none", sound: true },
  text: { picture: "none", sound: false },
  plain: { picture: "none", sound: false },
};

/** One tap down; the lowest stays. */
export const below = (rung: Rung): Rung => rungs[Math.min(rungs.indexOf(rung) + 1, rungs.length - 1)]!;

/** What of camera and microphone a rung is for. */
export const wantedOn = (rung: Rung): { picture: boolean; sound: boolean } => ({
  picture: carriedOn[rung].picture !== "none",
  sound: carriedOn[rung].sound,
});
