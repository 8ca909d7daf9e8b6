// The plain page works without this: with it, "Exit this page" blanks it at once.
import { startExit } from "./exit";

startExit();
