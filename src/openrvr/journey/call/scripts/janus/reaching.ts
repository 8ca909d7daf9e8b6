// A connection whose way is gone looks for another one, and for the same one again, for as long as nobody can be told.
//
// A browser gives a connection up when it has had no answer for 15 s, and then only a new agreement helps: which takes a
// request, and after a long silence those take seconds of their own. A connection that is about to agree upon fresh
// addresses is not given up: it has new ways to try, and the node answers to any of them.

const restartEvery = 3000;

/** Until `stop`, with each restart told to `offered` where the other side is to hear of it. */
export class Reaching {
  private restartedAt = -Infinity;

  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly offered: (sdp: string) => void = () => undefined,
  ) {}

  /** To be called a few times a second. */
  async look(): Promise<void> {
    const now = performance.now();
    if (this.pc.connectionState !== "disconnected" || now - this.restartedAt < restartEvery) return;
    this.restartedAt = now;
    await this.restart();
  }

  async restart(): Promise<void> {
    if (this.pc.signalingState === "have-local-offer") await this.pc.setLocalDescription({ type: "rollback" });
    if (this.pc.remoteDescription) this.pc.restartIce();
    await this.pc.setLocalDescription();
    this.offered(this.pc.localDescription!.sdp);
  }
}
