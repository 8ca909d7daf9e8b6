// Both pages of a call begin it in the same way: the ticket in, the other side's picture out.
import type { LiveStream } from "#kit/live";

import { show, type Camera } from "./camera";
import { onFirstFrame } from "./first_frame";
import type { Opening } from "./opening";
import { takeHere } from "./one_window";
import { PeerPlane } from "./peer";
import type { CallTicket, MediaPlane } from "./plane";
import { ServerSignals } from "./signals";

export interface Joining {
  live: LiveStream;
  camera: Camera;
  remote: HTMLVideoElement;
  /** The offer that went to the other side with the answer. */
  opening?: Opening | undefined;
  /** The other side's first picture is on this screen. */
  onFirstFrame: () => void;
  /** The browser lets no sound out before a tap on the page. */
  onTapNeeded: () => void;
  /** The server says that this call is over. */
  onOver: () => void;
  /** Another window of this browser has taken the call; this one has let go of it. */
  onElsewhere: () => void;
}

export function join(ticket: CallTicket, joining: Joining): MediaPlane {
  const { live, camera, remote } = joining;
  const signals = new ServerSignals({ call: ticket.call, pass: ticket.pass, live, onOver: joining.onOver });
  const plane = new PeerPlane(ticket, signals, joining.opening);
  plane.onRemote((stream) => {
    void show(remote, stream).then((plays) => plays || joining.onTapNeeded());
  });
  onFirstFrame(remote, joining.onFirstFrame);
  const stopListening = takeHere(ticket.call, () => {
    plane.stop();
    joining.onElsewhere();
  });
  plane.onState((state) => state === "ended" && stopListening());
  plane.start(camera);
  return plane;
}
