// Both pages of a call begin it in the same way: the ticket in, the other side's picture out.
import type { LiveStream } from "#kit/live";

import { show, type Camera } from "./camera";
import { onFirstFrame } from "./first_frame";
import { PeerPlane } from "./peer";
import type { CallTicket, MediaPlane } from "./plane";
import { ServerSignals } from "./signals";

export interface Joining {
  live: LiveStream;
  camera: Camera;
  remote: HTMLVideoElement;
  /** The other side's first picture is on this screen. */
  onFirstFrame: () => void;
  /** The browser lets no sound out before a tap on the page. */
  onTapNeeded: () => void;
  /** The server says that this call is over. */
  onOver: () => void;
}

export function join(ticket: CallTicket, joining: Joining): MediaPlane {
  const { live, camera, remote } = joining;
  const signals = new ServerSignals({ call: ticket.call, pass: ticket.pass, live, onOver: joining.onOver });
  const plane = new PeerPlane(ticket, signals);
  plane.onRemote((stream) => {
    void show(remote, stream).then((plays) => plays || joining.onTapNeeded());
  });
  onFirstFrame(remote, joining.onFirstFrame);
  plane.start(camera);
  return plane;
}
