// "Connection lost, trying again": said in words, and only when the loss is long enough to matter.
import { _ } from "./words";

import type { LiveState, LiveStream } from "./live";

const patience = 1200;

const defaults: Record<LiveState, string> = {
  connected: _("Connected again."),
  trying: _("Connection lost, trying again. What you see may be out of date."),
  "signed-out": _("You have been signed out. Sign in again to go on."),
};

/**
 * Shows the stream's state in `#live-banner` (role=status, always in the page, empty while all is well).
 * `data-trying`, `data-connected` and `data-signed-out` replace the sentences.
 */
export function showLiveState(stream: LiveStream): void {
  const banner = document.getElementById("live-banner");
  if (!banner) return;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (state: LiveState | null): void => {
    banner.dataset.state = state ?? "quiet";
    banner.textContent = state ? (banner.getAttribute(`data-${state}`) ?? defaults[state]) : "";
  };

  stream.onState((state) => {
    clearTimeout(timer);
    if (state === "signed-out") return say(state);
    if (state === "trying") return void (timer = setTimeout(() => say(state), patience));
    if (banner.dataset.state !== "trying") return say(null);
    say(state);
    timer = setTimeout(() => say(null), 2500);
  });
}
