// Browser to browser, nothing to install: each person in a call has a link of his own to every other.
import type { Other } from "../plane";
import { SharedPlane } from "../shared_plane";
import type { Signal } from "../signals";
import { PeerPair } from "./pair";

export class PeerPlane extends SharedPlane<PeerPair> {
  protected override meet(other: Other): PeerPair {
    this.ours.isSentTo(other.seat);
    return new PeerPair(other, this.iceWith(other), this.ours, this.signals, this.ticket.role);
  }

  /** Between her and a guest, who may be anybody, by a relay where there is one: neither learns where the other is. */
  private iceWith(other: Other): RTCConfiguration {
    const { ice, role } = this.ticket;
    const both = [role, other.role];
    const hasRelay = ice.iceServers?.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url))) ?? false;
    return both.includes("victim") && both.includes("guest") && hasRelay ? { ...ice, iceTransportPolicy: "relay" } : ice;
  }

  override part(seat: string): void {
    super.part(seat);
    this.ours.isNotSentTo(seat);
  }

  // Each pair begins by itself.
  protected override begin(): void {}

  protected override end(): void {}

  protected override receive(signal: Signal, by: string, at: number): void {
    this.people.get(by)?.receive(signal, at);
  }

  protected override sayBye(): void {
    for (const pair of this.people.values()) pair.sayBye();
  }

  protected override beginAnew(): void {
    for (const pair of this.people.values()) pair.newSession();
  }
}
