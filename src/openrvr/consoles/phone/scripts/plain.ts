// The plain page works without this: with it, "Exit this page" blanks it at once, and another language adds nothing to go back to.
import { startExit } from "./exit";
import { startLanguages } from "./languages";

startExit();
startLanguages(location.pathname);
