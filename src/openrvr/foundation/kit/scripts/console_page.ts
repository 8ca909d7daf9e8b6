// What every staff page does on arrival. A page with a script of its own calls this and goes on from the stream.
import { startAutosave } from "./forms";
import { startFragments } from "./fragments";
import { startKeys } from "./keys";
import { LiveStream } from "./live";
import { showLiveState } from "./live_banner";
import { dispatchLiveEvents } from "./live_fragments";
import { startSendingOnce } from "./sending";
import { startSound } from "./sound";
import { startTicking } from "./ticking";

export function startConsolePage(): LiveStream | null {
  startFragments();
  startSendingOnce();
  startAutosave();
  startKeys();
  startSound();
  startTicking();
  const live = LiveStream.fromBody();
  if (!live) return null;
  showLiveState(live);
  dispatchLiveEvents(live);
  live.start();
  return live;
}
