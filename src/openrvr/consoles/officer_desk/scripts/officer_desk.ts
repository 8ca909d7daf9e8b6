// The officer's desk: queue on the left, picture in the middle, case on the right. The picture never reloads.
import { startChat } from "#chat/pane";
import { startConsolePage } from "#kit/console_page";

import { Desk } from "./desk";
import { readDeskData } from "./state";
import { Typed } from "./typed";

const live = startConsolePage();
if (live) {
  new Desk(readDeskData(), live).start();
  const typed = new Typed();
  startChat(live, (written) => typed.show(written));
}
