// One person's picture and sound, as they are here, in WebM slices. A recorder cannot change its tracks: when they change,
// another track of the recording begins. WebM and not MP4: of that a crash leaves nothing that can be played.
import { randomId } from "#kit/http";

import type { Conditions } from "./conditions";
import { sha256, type Cause, type Person, type Slice } from "./slices";

const every = 2000;
/** What one slice can cover. */
const longest = 3 * every;
/** How long the sound waits for the picture, or the picture for the sound. */
const otherLimit = 1000;
/** How long a recorder may have nothing. */
const firstLimit = 4000;
/** Bytes: the server takes 2 MB at once, and what came late may be more. */
const largest = 1_000_000;
const rate = { videoBitsPerSecond: 1_000_000, audioBitsPerSecond: 48_000 };
// Two VP8 encoders beside a call slow it down where H.264 does not: docs/decisions/0012.
const formats = {
  video: ["video/webm;codecs=avc1,opus", "video/webm;codecs=h264,opus", "video/webm;codecs=vp8,opus"],
  silent: ["video/webm;codecs=avc1", "video/webm;codecs=h264", "video/webm;codecs=vp8"],
  audio: ["audio/webm;codecs=opus"],
};

export type Made = Omit<Slice, "call" | "pass">;

interface Options {
  person: Person;
  /** The tracks that are there now, in any state. */
  tracks: () => MediaStreamTrack[];
  /** Why it stops when they end by themselves. */
  whyLost: () => Cause;
  conditions: Conditions;
  now: () => number;
  /** False: there is no room for it. */
  deliver: (slice: Made) => Promise<boolean>;
}

interface Run {
  recorder: MediaRecorder;
  tracks: MediaStreamTrack[];
  id: string;
  index: number;
  /** Nothing has come of it yet. */
  isEmpty: boolean;
  reached: number;
  ended: Cause | "";
  /** What came after it had been stopped: now and then a slice that was on its way, and then the last. */
  last: Blob[];
}

export class PersonRecorder {
  /** What cannot be recorded here at all; empty when all is well. */
  problem: Cause | "" = "";
  private run: Run | null = null;
  /** performance.now() of the beginning of what runs now. */
  runsSince = 0;
  private stopped = false;
  private work: Promise<void> = Promise.resolve();
  /** performance.now() since when some of the tracks flow and others do not. */
  private halfSince: number | null = null;
  private readonly heard = new WeakSet<MediaStreamTrack>();

  constructor(private readonly options: Options) {}

  get isRecording(): boolean {
    return this.run !== null;
  }

  /** The tracks have changed, or may have. */
  look(): void {
    const { tracks } = this.options;
    for (const track of tracks()) this.listenTo(track);
    if (this.stopped || this.problem === "disk_full") return;
    const flowing = tracks().filter((track) => track.readyState === "live" && !track.muted);
    if (this.run && flowing.every((track) => this.run!.tracks.includes(track)) && !this.waitsInVain(flowing)) {
      if (this.run.tracks.every((track) => track.readyState === "ended")) this.end(this.options.whyLost());
      return;
    }
    if (!flowing.length || !this.mayBegin(flowing)) return;
    this.end("connecting");
    this.begin(flowing);
  }

  // With a picture among its tracks a recorder keeps the sound back until the first one has come.
  private waitsInVain(flowing: MediaStreamTrack[]): boolean {
    const { run } = this;
    const isFewer = run !== null && flowing.length > 0 && flowing.length < run.tracks.length;
    return isFewer && run.isEmpty && performance.now() - this.runsSince > firstLimit;
  }

  /** Nothing comes of this person for a while, and rightly: it goes on when tracks flow again. */
  rest(why: Cause): void {
    this.end(why);
  }

  /** Records no more; done when the last slice is where it is safe. */
  async stop(why: Cause): Promise<void> {
    this.stopped = true;
    const { run } = this;
    if (run) {
      const over = new Promise((resolve) => run.recorder.addEventListener("stop", resolve, { once: true }));
      this.end(why);
      await over;
    }
    await this.work;
  }

  // Picture and sound of a new connection come one shortly after the other: begun with the first alone, it would have to
  // begin again.
  private mayBegin(flowing: MediaStreamTrack[]): boolean {
    const expected = this.options.tracks().filter((track) => track.readyState === "live");
    if (flowing.length === expected.length) return true;
    this.halfSince ??= performance.now();
    if (performance.now() - this.halfSince < otherLimit) return false;
    this.halfSince = null;
    return true;
  }

  private listenTo(track: MediaStreamTrack): void {
    if (this.heard.has(track)) return;
    this.heard.add(track);
    for (const kind of ["unmute", "ended"]) track.addEventListener(kind, () => this.look());
  }

  private begin(tracks: MediaStreamTrack[]): void {
    const mimeType = formatFor(tracks);
    if (!mimeType) return void (this.problem = "not_supported");
    const recorder = new MediaRecorder(new MediaStream(tracks), { mimeType, ...rate });
    const run: Run = { recorder, tracks, id: randomId(), index: 0, isEmpty: true, reached: this.options.now(), ended: "", last: [] };
    recorder.addEventListener("dataavailable", ({ data }) => {
      if (data.size) run.isEmpty = false;
      if (recorder.state === "inactive") run.last.push(data);
      else this.enqueue(run, data, false);
    });
    recorder.addEventListener("stop", () => {
      this.enqueue(run, new Blob(run.last), true);
      if (this.run === run) this.run = null;
      this.look();
    });
    recorder.start(every);
    this.run = run;
    this.runsSince = performance.now();
    this.halfSince = null;
  }

  private end(why: Cause): void {
    const { run } = this;
    this.run = null;
    if (!run || run.recorder.state === "inactive") return;
    run.ended = why;
    run.recorder.stop();
  }

  private enqueue(run: Run, data: Blob, final: boolean): void {
    const now = this.options.now();
    // What holds nothing covers nothing: the time goes to the next that does, or is a gap.
    if (!data.size && !final) return;
    const until = data.size ? now : Math.min(now, run.reached);
    // A slice has what came since the one before. After a computer that slept, or hung, nobody knows what of it is there: no
    // more is said of it than it can have, and the rest is a gap.
    // A server whose clock was set back is believed, too: nothing ends before it begins.
    const since = Math.min(until, Math.max(run.reached, until - longest));
    run.reached = until;
    const ended = final ? run.ended || this.options.whyLost() : "";
    const conditions = this.options.conditions.take(since, now);
    this.work = this.work.then(() => this.cut(run, data, { since, until, final, ended, conditions }));
  }

  private async cut(run: Run, data: Blob, said: Pick<Made, "since" | "until" | "final" | "ended" | "conditions">): Promise<void> {
    const pieces = Math.max(1, Math.ceil(data.size / largest));
    // Each piece has its share of the time: one that is lost leaves a hole.
    const at = (piece: number): number => said.since + ((said.until - said.since) * piece) / pieces;
    for (let piece = 0; piece < pieces; piece++) {
      const bytes = await data.slice(piece * largest, (piece + 1) * largest).arrayBuffer();
      const last = piece === pieces - 1;
      const kept = await this.options.deliver({
        track: run.id,
        index: run.index++,
        person: this.options.person,
        mediaType: run.recorder.mimeType.replace(/\s/g, ""),
        sha256: await sha256(bytes),
        since: at(piece),
        until: at(piece + 1),
        final: said.final && last,
        ended: last ? said.ended : "",
        conditions: piece ? [] : said.conditions,
        bytes,
      });
      // A hole in a track would make the rest of it hard to read: it ends here, and its end is declared.
      if (!kept) return this.giveUp(run);
    }
  }

  private giveUp(run: Run): void {
    this.problem = "disk_full";
    if (this.run === run) this.end("disk_full");
  }
}

/** Whether this browser can record a picture with its sound at all. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && formats.video.some((format) => MediaRecorder.isTypeSupported(format));
}

function formatFor(tracks: MediaStreamTrack[]): string | undefined {
  if (typeof MediaRecorder === "undefined") return undefined;
  const kinds = new Set(tracks.map((track) => track.kind));
  const wanted = !kinds.has("video") ? formats.audio : kinds.has("audio") ? formats.video : formats.silent;
  return wanted.find((format) => MediaRecorder.isTypeSupported(format));
}
