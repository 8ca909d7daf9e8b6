// The page behind the link: a button, and the way out. It works without this script, only less quietly.
import { startSendingOnce } from "#kit/sending";

import { startExit } from "./exit";

startSendingOnce();
startExit("/p/leave");

// The next page's script is fetched while she reads, and never before this page is drawn.
const { next } = (document.currentScript as HTMLScriptElement).dataset;
addEventListener("load", () => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: next, as: "script" }));
});
