// What the server knows of her way, as it tells it to her page.
import type { CallTicket } from "#call/plane";
import type { Rung } from "#call/rungs";

import type { Outlook } from "./outlook";
import type { GuestAsked } from "./guests";
import type { HearingQuestion } from "./hearing";
import type { ChatNews } from "./chat/door";
import type { PhotographRequest } from "./sending/door";
import type { Shown } from "./statement/door";

export type Step = "check_in" | "waiting" | "call" | "over";

export interface PhoneTicket extends CallTicket {
  started: string;
}

export interface PhoneState {
  step: Step;
  now: string;
  rung: Rung;
  call: PhoneTicket | null;
  /** What the officer has asked her for, and she has not answered. */
  photograph: PhotographRequest | null;
  /** Her statement, while the officer shows it to her. */
  statement: Shown | null;
  /** Whom she is asked to let into the call. */
  guest: GuestAsked | null;
  /** Whether anyone can hear her, while that is asked. */
  hearing: HearingQuestion | null;
  /** What was written to her and has not been on her screen. */
  chat: ChatNews;
  /** The officer who is rung for her is near already: see call.near. */
  near: CallTicket | null;
  waiting: Outlook | null;
  /** Whether the phone call that brought her here goes on; null before she has said. */
  on_phone: boolean | null;
}

export interface Urls {
  page: string;
  state: string;
  devices: string;
  checkIn: string;
  here: string;
  phoneCall: string;
  seen: string;
  readings: string;
  chat: string;
  uploads: string;
  rung: string;
  plain: string;
  declinePhotograph: string;
  alarm: string;
  hearing: string;
  guests: string;
  leave: string;
  over: string;
}

export interface PageData {
  state: PhoneState;
  urls: Urls;
}

export function readPageData(): PageData {
  return JSON.parse(document.getElementById("phone-data")!.textContent ?? "") as PageData;
}

/** The state now; "ended" when this phone's link is over; null when the server could not be asked. */
export async function fetchState(url: string): Promise<PhoneState | "ended" | null> {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 404) return "ended";
    return answer.ok ? ((await answer.json()) as PhoneState) : null;
  } catch {
    return null;
  }
}
