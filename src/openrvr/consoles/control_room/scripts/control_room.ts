// The call-taker's screen: what is on it is the server's; here is only when to read the report anew, and what to say aloud.
import { startChat } from "#chat/pane";
import { startConsolePage } from "#kit/console_page";
import { startDialogs } from "#kit/dialogs";
import type { LiveMessage } from "#kit/live";
import { say, speak } from "#kit/notices";
import { refresh } from "#kit/panes";

import { startQuestions } from "./questions";

const reference = (): string => document.getElementById("case")?.dataset.reference ?? "";

interface About {
  reference?: string;
  officer?: string;
  words?: string;
  side?: string;
}

function onNews({ stream, kind, data }: LiveMessage): void {
  const about = data as About;
  // The thread reads itself.
  if (kind.startsWith("chat.") && about.reference === reference()) return;
  // Whether an officer is free concerns every report on which video can still be offered.
  if (about.reference === reference() || kind === "queue.changed") refresh("case");
  if (stream.startsWith("person.")) tell(kind, about);
}

function tell(kind: string, { reference, officer, words, side }: About): void {
  // Whether the line may be cleared is on the report: a patrol may still be asked for that nobody has.
  if (kind === "officer.answered") say(`${reference}: ${officer} has answered.`, "good");
  if (kind === "phone.left") say(`${reference}: the caller has left the page. Stay on the line, or ring back.`);
  if (kind === "ring_back.asked") say(`${reference}: the caller asks to be rung back.`);
  if (kind === "phone.told") say(`${reference}: ${words}.`);
  if (kind === "chat.said" && side === "victim") say(`${reference}: the caller has written.`, "good");
  if (kind === "promise.missed") say(`${reference}: not kept in time: ${words}`);
}

// Another step has other things to say: they begin at the top of the panel.
let standing = standingNow();

function standingNow(): string {
  return document.getElementById("case")?.dataset.standing ?? "";
}

let said = saidNow();

function saidNow(): string {
  return document.getElementById("case")?.dataset.said ?? "";
}

function onSwap(): void {
  if (said !== saidNow()) speak(saidNow());
  said = saidNow();
  if (standing !== standingNow()) document.querySelector(".kit-zone--panel")?.scrollTo(0, 0);
  standing = standingNow();
}

const live = startConsolePage();
startDialogs();
startQuestions();
document.addEventListener("htmx:afterSwap", onSwap);
live?.onMessage(onNews);
if (live) startChat(live);
