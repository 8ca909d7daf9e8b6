// The ladder as she meets it in the call: one tap down, one tap back to video, and by itself when the link is poor.
import type { LinkReader, MediaPlane } from "#call/plane";
import { below, type Rung } from "#call/rungs";
import { SteadyLink } from "#call/steady_link";
import { StepsByItself } from "#call/steps_by_itself";
import { _, withTenths } from "#kit/words";

import { element, hideAway, onTap } from "./elements";
import { onRung, rungNow, takeRung } from "./rungs";

const readEvery = 2000;
/** So many readings go by until both sides have told each other what was lost while the network was away. */
const awayIsTold = 2;

const words: Record<Rung, string> = {
  video: "",
  stills: _("Sound, with a picture now and then"),
  sound: _("Sound only"),
  text: _("Text only"),
  plain: "",
};

const weak = _("The link is weak: sound first. The picture comes back by itself.");

/** What the tap down leads to. */
const further: Record<Rung, string> = {
  video: _("Use less data"),
  stills: _("Sound only"),
  sound: _("Write instead"),
  text: _("Ring me back"),
  plain: _("Ring me back"),
};

export class CallLadder {
  private readonly byItself = new StepsByItself("video");
  private readonly steady = new SteadyLink();
  private followed: { plane: MediaPlane; reader: LinkReader } | null = null;
  private isWeak = false;
  /** Readings of a network that has just come back, still to come. */
  private afterAway = 0;
  private reading: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly plane: () => MediaPlane | null) {
    onTap("rung-down", () => this.choose(below(rungNow())));
    onTap("rung-up", () => this.choose("video"));
    onRung(() => this.show());
    this.show();
  }

  begin(): void {
    this.end();
    this.reading = setInterval(() => void this.read(), readEvery);
  }

  end(): void {
    clearInterval(this.reading);
  }

  private readerOf(plane: MediaPlane): LinkReader {
    if (this.followed?.plane !== plane) this.followed = { plane, reader: plane.main.reader() };
    return this.followed.reader;
  }

  private choose(rung: Rung): void {
    this.isWeak = false;
    this.byItself.chosen(rung);
    void takeRung(rung, "chosen");
    this.show();
  }

  private async read(): Promise<void> {
    const plane = this.plane();
    // Where nothing is heard at all the call is made anew: that is another matter, and no reason for less.
    if (plane?.main.state !== "live") {
      this.afterAway = awayIsTold;
      return;
    }
    const stats = await this.readerOf(plane)();
    showData(stats.bytes);
    plane.tellLink(this.steady.read(stats));
    if (stats.bars === 0) return;
    const now = rungNow();
    const wasAway = this.afterAway-- > 0;
    const next = this.byItself.read({ ...stats, at: performance.now(), wasAway }, now);
    if (!next) return;
    this.isWeak = next !== "video";
    void takeRung(next, below(now) === next ? "link_poor" : "link_good");
  }

  private show(): void {
    const rung = rungNow();
    document.body.dataset.rung = rung;
    // Each rung in words of its own: what stays the same is not said again to whoever listens.
    element("rung-words").textContent = [words[rung], this.isWeak ? weak : ""].filter(Boolean).join(". ");
    element("rung-down").textContent = further[rung];
    if (rung === "video") hideAway(element("rung-up"), element("rung-down"));
    else element("rung-up").hidden = false;
  }
}

function showData(bytes: number): void {
  const megabytes = bytes / 1_000_000;
  element("data-used").textContent = _("{} MB used", megabytes < 10 ? withTenths(megabytes) : Math.round(megabytes));
}
