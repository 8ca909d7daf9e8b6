// A connection to a node whose way is gone is tried again from the sockets that it has: nobody need be told.
//
// A node goes on sending to the addresses that were agreed upon, whatever comes from others (libnice: candidate pairs of an
// agreement that it does not know are refused). So the page must not look for new addresses, as it does towards another
// browser: that gives the old ones up. Chromium gives a way up after 15 s without an answer, and forgets it after 30; told
// of the node's own address once more, under another name, it begins it anew, from the same socket and by the same keys.

const againEvery = 2000;
const again = "again";
let number = 0;

export class HoldingOn {
  private triedAt = -Infinity;

  constructor(private readonly pc: RTCPeerConnection) {}

  /** To be called a few times a second. */
  look(): void {
    const now = performance.now();
    if (!isGone(this.pc) || now - this.triedAt < againEvery) return;
    this.triedAt = now;
    number++;
    for (const candidate of candidatesOf(this.pc.currentRemoteDescription?.sdp ?? "")) {
      // One that the browser does not take is of no use, and no harm.
      void this.pc.addIceCandidate(candidate).catch(() => undefined);
    }
  }
}

/** There was a way, and there is none. */
export const isGone = ({ connectionState }: RTCPeerConnection): boolean => connectionState === "disconnected" || connectionState === "failed";

/** The node's own, each under a name that it has not had yet. */
function candidatesOf(sdp: string): RTCIceCandidateInit[] {
  const [, first = ""] = sdp.split(/^m=/m);
  const sdpMid = /^a=mid:(\S+)/m.exec(first)?.[1] ?? null;
  const lines = [...first.matchAll(/^a=(candidate:)(\S+)( .*?)\r?$/gm)].filter(([, , foundation]) => !foundation!.startsWith(again));
  return lines.map(([, kind, , rest], place) => ({ candidate: `${kind}${again}${number}${String.fromCharCode(97 + place)}${rest}`, sdpMid }));
}
