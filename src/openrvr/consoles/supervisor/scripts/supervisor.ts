// The wallboard: what is on it is the server's; here is only what to say loudly.
import { startConsolePage } from "#kit/console_page";
import type { LiveMessage } from "#kit/live";
import { say } from "#kit/notices";
import { playTone } from "#kit/sound";

interface About {
  reference?: string;
  words?: string;
}

const loud: Record<string, (about: About) => string> = {
  "waiting.nobody_left": ({ reference }) => `${reference}: nobody is left to answer. She is still waiting.`,
  "promise.missed": ({ reference, words }) => `${reference}: not kept in time: ${words}`,
};

// Nobody is to run for somebody who has been answered meanwhile.
let untrueOnceAnswered: string | undefined;

function onNews({ kind, data }: LiveMessage): void {
  const { reference } = data as About;
  if (kind === "officer.answered" && untrueOnceAnswered === reference) say("");
  const sentence = loud[kind];
  if (!sentence) return;
  untrueOnceAnswered = kind === "waiting.nobody_left" ? reference : undefined;
  say(sentence(data as About));
  playTone("ring");
}

startConsolePage()?.onMessage(onNews);
