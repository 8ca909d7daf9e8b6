// Browser to browser, nothing to install: each person in a call has a link of his own to every other.
import type { Other } from "../plane";
import { SharedPlane } from "../shared_plane";
import type { Signal } from "../signals";
import { PeerPair } from "./pair";

export class PeerPlane extends SharedPlane<PeerPair> {
  protected override meet(other: Other): PeerPair {
    return new PeerPair(other, this.ticket.ice, this.ours, this.signals);
  }

  // Each pair begins by itself.
  protected override begin(): void {}

  protected override end(): void {}

  protected override receive(signal: Signal, by: string): void {
    this.people.get(by)?.receive(signal);
  }

  protected override sayBye(): void {
    for (const pair of this.people.values()) pair.sayBye();
  }

  protected override beginAnew(): void {
    for (const pair of this.people.values()) pair.newSession();
  }
}
