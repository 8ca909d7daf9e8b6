// What the server knows of this officer, as it tells it to the desk.
import type { CallTicket } from "#call/plane";
import type { Rung } from "#call/rungs";

export interface DeskTicket extends CallTicket {
  started: string;
  reference: string;
  rung: Rung;
  /** Which rung, and why, where it is not video. */
  rung_words: string;
}

export interface Physical {
  asked: string;
  acknowledged: string | null;
  by: string;
  /** She asked for it without a sound. */
  covert: boolean;
}

/** What she has told without a sound. Times are ISO 8601. */
export interface SilentState {
  /** When she raised an alarm that nobody has answered. */
  alarm: string | null;
  hearing: { asked: string; answered: string | null; words: string; tone: string } | null;
}

export interface DeskState {
  now: string;
  on_duty: boolean;
  ring: { ring: number; waiting: number; reference: string; until: string } | null;
  call: DeskTicket | null;
  /** What is the matter with her phone in that call, in sentences. */
  phone: string[];
  /** Who is rung for is near already: see call.near. */
  near: CallTicket | null;
  /** The case that the right-hand side shows; empty for none. */
  reference: string;
  physical: Physical | null;
  silent: SilentState;
}

export interface DeskUrls {
  state: string;
  queue: string;
  case: string;
  duty: string;
  calls: string;
  cases: string;
}

export interface DeskData {
  state: DeskState;
  urls: DeskUrls;
}

declare module "#kit/live" {
  interface LiveKinds {
    "relief.changed": { call: string };
    "ring.started": { ring: number; reference: string; until: string };
    "ring.ended": { ring: number; end: string };
    "case.changed": { reference: string };
    "ring_back.asked": { reference: string };
    "statement.objected": { reference: string };
    "statement.signed": { reference: string };
    "phone.changed": { words: string[] };
    "promises.changed": { reference: string };
    "alarm.changed": { reference: string };
    "hearing.changed": { reference: string };
    "physical.acknowledged": { reference: string; by: string };
  }
}

export function readDeskData(): DeskData {
  return JSON.parse(document.getElementById("desk-data")!.textContent ?? "") as DeskData;
}

/** The state now; null when the server could not be asked. */
export async function fetchDeskState(url: string, shown: string): Promise<DeskState | null> {
  try {
    const answer = await fetch(`${url}?case=${encodeURIComponent(shown)}`, {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    return answer.ok ? ((await answer.json()) as DeskState) : null;
  } catch {
    return null;
  }
}
