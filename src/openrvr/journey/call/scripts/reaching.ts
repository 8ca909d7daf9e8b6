// A connection whose way is gone looks for another one, and for the same one again, for as long as nobody can be told.
//
// A browser gives a connection up when it has had no answer for 15 s, and then only a new agreement helps: which takes a
// request, and after a long silence those take seconds of their own. A connection that is about to agree upon fresh
// addresses is not given up: it has new ways to try, and the old ones too.

const restartEvery = 2000;

export class Reaching {
  private restartedAt = -Infinity;

  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly restart: () => Promise<void>,
  ) {}

  /** To be called a few times a second. */
  async look(): Promise<void> {
    const now = performance.now();
    if (this.pc.connectionState !== "disconnected" || now - this.restartedAt < restartEvery) return;
    this.restartedAt = now;
    await this.restart();
  }
}

/** An offer of fresh addresses in place of whatever was offered before. */
export async function offerAnew(pc: RTCPeerConnection): Promise<void> {
  // An offer still unanswered was made on the network that failed; its candidates are stale.
  if (pc.signalingState === "have-local-offer") await pc.setLocalDescription({ type: "rollback" });
  if (pc.remoteDescription) pc.restartIce();
  await pc.setLocalDescription();
}

/** An offer that nobody is told of: with it, a browser goes on looking for a way. */
export async function lookAnew(pc: RTCPeerConnection): Promise<void> {
  // Taken back, it would leave an answering side of Chromium with pictures that nobody is shown.
  pc.restartIce();
  await pc.setLocalDescription(await pc.createOffer());
}
