// Two browsers find each other as soon as one is rung for the other: when the officer answers, the way is there and
// only picture and sound are missing. Before that nothing of either person flows.
import type { LiveStream } from "#kit/live";

import { JanusPlane } from "./janus/plane";
import { takeHere } from "./one_window";
import { PeerPlane } from "./peer/plane";
import type { CallTicket, MediaPlane } from "./plane";
import { ServerSignals } from "./signals";

export class Meeting {
  readonly plane: MediaPlane;
  /** The server says that this call is over. */
  onOver: () => void = () => this.plane.stop();
  /** Another window of this browser has taken the call; this one has let go of it. */
  onElsewhere: () => void = () => undefined;

  constructor(
    readonly ticket: CallTicket,
    live: LiveStream,
  ) {
    const { call, pass } = ticket;
    const signals = new ServerSignals({ call, pass, live, onOver: () => this.onOver() });
    this.plane = ticket.media ? new JanusPlane(ticket, signals) : new PeerPlane(ticket, signals);
    const stops = [
      live.on("call.joined", (joined) => joined.call === call && this.plane.join(joined.other)),
      live.on("call.relieved", (relieved) => relieved.call === call && this.plane.lead(relieved.seat)),
      live.on("call.left", (left) => left.call === call && this.plane.part(left.seat)),
    ];
    stops.push(
      takeHere(call, () => {
        this.plane.stop();
        this.onElsewhere();
      }),
    );
    for (const stop of stops) this.plane.onStop(stop);
    this.plane.start();
  }
}

/** The one meeting of a page: each new ring replaces the one before. */
export class Meetings {
  private current: Meeting | null = null;
  private called = "";

  constructor(private readonly live: LiveStream) {
    live.on("call.near", (ticket) => this.adopt(ticket));
    live.on("call.parted", ({ call }) => this.current?.ticket.call === call && this.adopt(null));
  }

  /** What the server says now: whom this page is to be near to, if anybody. */
  adopt(ticket: CallTicket | null): void {
    // News may overtake each other: a call that has begun is no meeting any more.
    if (this.current?.ticket.call === ticket?.call || ticket?.call === this.called) return;
    this.current?.plane.stop();
    this.current = ticket && new Meeting(ticket, this.live);
  }

  /** The meeting that has become a call, or a new one where the two have not met. */
  for(ticket: CallTicket): Meeting {
    const met = this.current?.ticket.call === ticket.call && !this.current.plane.isOver ? this.current : null;
    if (!met) this.adopt(null);
    this.current = null;
    this.called = ticket.call;
    return met ?? new Meeting(ticket, this.live);
  }
}
