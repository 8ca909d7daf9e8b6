// By a node of the force's: each page sends once, however many receive it. Nobody learns another's address.
import { randomId } from "#kit/http";

import type { Other } from "../plane";
import { SharedPlane } from "../shared_plane";
import type { Part, Signal } from "../signals";
import { JanusPerson } from "./person";
import { Up } from "./up";

const anewAtMostEvery = 2000;

export class JanusPlane extends SharedPlane<JanusPerson> {
  /** This page load, as the driver of the nodes knows it; a new one begins from nothing. */
  private page = "";
  private up: Up | null = null;
  private begunAt = -Infinity;
  private again: ReturnType<typeof setTimeout> | undefined;
  private inbox: Promise<void> = Promise.resolve();

  protected override meet(other: Other): JanusPerson {
    const send = (part: Part): void => this.send(part);
    return new JanusPerson(
      other,
      this.ticket.seat,
      this.ticket.ice,
      this.ours,
      send,
      () => this.up,
      () => this.signals.heardSince,
    );
  }

  protected override begin(): void {
    this.begunAt = performance.now();
    this.page = randomId();
    const up: Up = new Up(
      this.ticket.ice,
      this.ours,
      (part) => this.up === up && this.send(part),
      () => this.signals.dropUnsent(this.ticket.media, isOfUp),
      () => [...this.people.values()].some(({ other }) => other.role === "guest"),
      () => this.signals.heardSince,
    );
    this.up = up;
    up.failures.add(() => this.up === up && this.beginAnew());
    this.enqueue(() => up.offer());
  }

  protected override end(): void {
    clearTimeout(this.again);
    this.dropUp();
  }

  protected override sayBye(): void {
    this.signals.sendLast({ from: this.page, to: null, bye: true }, this.ticket.media);
  }

  /** On whichever node there is now. */
  protected override beginAnew(): void {
    if (this.isOver) return;
    clearTimeout(this.again);
    this.dropUp();
    this.signals.dropUnsent(this.ticket.media);
    for (const person of this.people.values()) person.lost();
    // What cannot be had must not keep the server busy.
    const wait = Math.max(0, this.begunAt + anewAtMostEvery - performance.now());
    this.again = setTimeout(() => this.begin(), wait);
  }

  protected override receive(signal: Signal, by: string): void {
    if (by !== this.ticket.media) return;
    for (const part of "parts" in signal ? signal.parts : [signal]) this.enqueue(() => this.take(signal.to, part));
  }

  private async take(to: string | null, part: Part): Promise<void> {
    // What is for whoever has this seat, or for an earlier page load of it.
    if (this.isOver || (to !== null && to !== this.page)) return;
    if ("anew" in part) this.beginAnew();
    else if ("published" in part) await this.up?.published(part.published, part.round);
    else if ("offered" in part) await this.people.get(part.of)?.offered(part.offered, part.feed);
    else if ("away" in part) this.people.get(part.away)?.away();
  }

  private send(part: Part): void {
    this.signals.send({ from: this.page, to: null, ...part }, this.ticket.media);
  }

  // Steps are worked off one after the other: each part of an agreement must be done before the next begins.
  private enqueue(step: () => Promise<void>): void {
    this.inbox = this.inbox.then(step).catch((problem: unknown) => {
      console.warn("This page and the node could not agree; beginning again.", problem);
      this.beginAnew();
    });
  }

  private dropUp(): void {
    const { up } = this;
    this.up = null;
    up?.close();
  }
}

const isOfUp = (part: Part): boolean => "publish" in part || ("candidate" in part && "of" in part && part.of === "");
