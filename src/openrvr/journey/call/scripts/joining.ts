// Both pages of a call begin it in the same way: the two have met, now they see each other.
import { show, type Camera } from "./camera";
import { onFirstFrame } from "./first_frame";
import type { Meeting } from "./meeting";
import type { MediaPlane } from "./plane";
import type { Rung } from "./rungs";

export interface Joining {
  camera: Camera;
  rung: Rung;
  remote: HTMLVideoElement;
  /** The other side's picture begins to arrive; it need not have a place on the screen yet. */
  onArriving?: () => void;
  /** The other side's first picture is on this screen. */
  onFirstFrame: () => void;
  /** The browser lets no sound out before a tap on the page. */
  onTapNeeded: () => void;
  /** The server says that this call is over. */
  onOver: () => void;
  /** Another window of this browser has taken the call; this one has let go of it. */
  onElsewhere: () => void;
}

export function join(meeting: Meeting, joining: Joining): MediaPlane {
  const { plane } = meeting;
  const { camera, remote } = joining;
  meeting.onOver = joining.onOver;
  meeting.onElsewhere = joining.onElsewhere;
  plane.main.onRemote((stream) => {
    for (const track of stream.getVideoTracks()) whenItFlows(track, () => joining.onArriving?.());
    void show(remote, stream).then((plays) => plays || joining.onTapNeeded());
  });
  onFirstFrame(remote, joining.onFirstFrame);
  plane.carry(joining.rung);
  plane.use(camera);
  return plane;
}

// Agreed upon long before: a track is mute until the first packet of it is there.
function whenItFlows(track: MediaStreamTrack, tell: () => void): void {
  if (track.muted) track.addEventListener("unmute", tell, { once: true });
  else tell();
}
