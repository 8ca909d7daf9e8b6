import { startConsolePage } from "#kit/console_page";

startConsolePage();
