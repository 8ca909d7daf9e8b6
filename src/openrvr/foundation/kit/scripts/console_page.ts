// What every staff page does on arrival. A page with a script of its own calls this and goes on from the stream.
import { startAutosave } from "./forms";
import { startFragments } from "./fragments";
import { startKeys } from "./keys";
import { LiveStream } from "./live";
import { showLiveState } from "./live_banner";
import { startPanes } from "./panes";
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
  startPanes(live);
  if (!live) return null;
  showLiveState(live);
  live.start();
  return live;
}
