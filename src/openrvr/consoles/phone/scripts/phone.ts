import { startSendingOnce } from "#kit/sending";

startSendingOnce();
