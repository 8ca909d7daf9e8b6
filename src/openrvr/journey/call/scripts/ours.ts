// What this page gives to whoever is in the call with it: its camera, as far as the rung carries it, and a few words.
import { Camera } from "./camera";
import { Listeners } from "./listeners";
import { Pace } from "./pace";
import type { Got, Link, MediaKind, OtherSide, Role } from "./plane";
import { carriedOn, type Rung } from "./rungs";
import { Stills } from "./stills";

/** Upward limits, bit/s: a phone's upload is the narrow place; the officer must be seen clearly. */
const videoBitrate: Record<Role, number> = { victim: 400_000, officer: 800_000, relief: 800_000, guest: 400_000 };
/** A still of 640 by 480 every four seconds, sharp enough to read a face. */
const stillsBitrate = 80_000;

export class Ours {
  rung: Rung = "video";
  /** Another track is to be sent, or none. */
  readonly tracks = new Listeners<MediaKind>();
  /** Another limit holds for the picture. */
  readonly limits = new Listeners<void>();
  /** The others are to be told something now. */
  readonly words = new Listeners<void>();
  /** One that was never opened, until the call is there. */
  private camera = new Camera();
  private stopFollowing: () => void = () => undefined;
  private stills: Stills | null = null;
  /** What we get of whom, by their seats, where a node is in between. */
  gets: Record<string, Got> = {};
  /** Told with the next beat. */
  link: Link | null = null;
  private readonly paces = new Map<string, Pace>();
  /** Who each get a picture of their own from this page, by their seats: they share the way up. */
  private readonly copies = new Set<string>();
  private records = false;
  private alarm = "";

  constructor(private readonly role: Role) {}

  use(camera: Camera): void {
    this.stopFollowing();
    this.camera = camera;
    this.stopFollowing = camera.onTrack(({ kind }) => this.follow(kind as MediaKind));
    // The picture first: the browser starts one sender after the other, and sound takes it longer.
    for (const track of [camera.video, camera.audio]) if (track) this.follow(track.kind as MediaKind);
    this.words.tell();
  }

  carry(rung: Rung): void {
    if (this.rung === rung) return;
    this.rung = rung;
    this.follow("video");
    this.follow("audio");
    this.words.tell();
  }

  tellRecording(records: boolean): void {
    if (this.records === records) return;
    this.records = records;
    this.words.tell();
  }

  tellAlarm(key: string): void {
    if (this.alarm === key) return;
    this.alarm = key;
    this.words.tell();
  }

  stop(): void {
    this.stopFollowing();
    this.stills?.stop();
  }

  track(kind: MediaKind): MediaStreamTrack | null {
    const { sound, picture } = carriedOn[this.rung];
    if (kind === "audio") return sound ? this.camera.audio : null;
    return picture === "live" ? this.camera.video : (this.stills?.track ?? null);
  }

  get videoLimit(): number {
    if (carriedOn[this.rung].picture === "stills") return stillsBitrate;
    const most = Math.round(videoBitrate[this.role] / Math.max(1, this.copies.size));
    return Math.min(most, ...[...this.paces.values()].map(({ now }) => now));
  }

  isSentTo(seat: string): void {
    this.copies.add(seat);
    this.limits.tell();
  }

  isNotSentTo(seat: string): void {
    this.copies.delete(seat);
    this.limits.tell();
  }

  /** Somebody gets our picture by a node, which does not tell how much of it comes through: they do. */
  pace(seat: string): void {
    this.paces.set(seat, new Pace(videoBitrate[this.role]));
    this.limits.tell();
  }

  /** What they say of it, each second. */
  read(seat: string, got: Got): void {
    this.paces.get(seat)?.read(got);
    this.limits.tell();
  }

  /** They do not get it any more. */
  unpace(seat: string): void {
    this.paces.delete(seat);
    this.limits.tell();
  }

  /** What the others are told, each second and when it changes. */
  get self(): OtherSide {
    const { audio, video } = this.camera;
    return {
      camera: (video?.enabled ?? false) && carriedOn[this.rung].picture !== "none",
      sound: audio !== null && audio.enabled && !audio.muted && carriedOn[this.rung].sound,
      hidden: document.visibilityState === "hidden",
      phoneCall: this.camera.phoneCall,
      records: this.records,
      ...(this.alarm && { alarm: this.alarm }),
      ...(this.link && { link: this.link }),
      ...(Object.keys(this.gets).length > 0 && { gets: this.gets }),
    };
  }

  /** As much of it as is a guest's business: neither her alarm nor what she does with her phone. */
  get selfForGuests(): OtherSide {
    const { alarm: _alarm, ...told } = this.self;
    return { ...told, hidden: false, phoneCall: "no" };
  }

  private follow(kind: MediaKind): void {
    if (kind === "video") {
      this.stills?.stop();
      const { video } = this.camera;
      this.stills = video && carriedOn[this.rung].picture === "stills" ? new Stills(video) : null;
    }
    this.tracks.tell(kind);
  }
}
