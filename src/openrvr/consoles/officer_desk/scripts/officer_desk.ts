// The officer's desk: queue on the left, picture in the middle, case on the right. The picture never reloads.
import { startConsolePage } from "#kit/console_page";

import { Desk } from "./desk";
import { readDeskData } from "./state";

const live = startConsolePage();
if (live) new Desk(readDeskData(), live).start();
