import { startConsolePage } from "./console_page";

startConsolePage();
