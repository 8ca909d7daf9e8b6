// The port between a page and whatever carries the call: from browser to browser (peer/), or by a node (janus/).
import type { Camera, Facing, PhoneCall } from "./camera";
import type { Rung } from "./rungs";

/** `relief` is an officer who is about to take the call over. */
export type Role = "officer" | "victim" | "guest" | "relief";
export type GuestKind = "interpreter" | "sign_language" | "advocate" | "appropriate_adult" | "specialist" | "supervisor";

/** Somebody else who has a seat in the call. */
export interface Other {
  seat: string;
  role: Role;
  name: string;
  /** Of a guest: as what they are there, and whether neither seen nor heard. */
  kind?: GuestKind;
  listens?: boolean;
  /** As evidence names a guest. */
  person?: string;
  /** And what the server knows a guest by, and since when they are in the call. */
  guest?: string;
  since?: string;
  /** Between two, exactly one makes the offers: whoever took his seat first. */
  offers: boolean;
}

/** What the server hands to each who is in a call, or near one: news of kind `call.live`, and the state JSON. */
export interface CallTicket {
  call: string;
  seat: string;
  role: Role;
  /** The seat of the media plane, where a node carries the call; "" where the browsers reach each other. */
  media: string;
  pass: string;
  ice: RTCConfiguration;
  /** The first is the one whom this page is in the call with. */
  others: Other[];
}

export interface CallEnd {
  call: string;
  by: "officer" | "victim" | "staff";
  reason: string;
}

declare module "#kit/live" {
  interface LiveKinds {
    /** An officer is rung for her: the two browsers may find each other, and nothing else. */
    "call.near": CallTicket;
    /** That officer does not answer. */
    "call.parted": { call: string };
    "call.live": CallTicket;
    /** A guest comes in, or goes. */
    "call.joined": { call: string; other: Other };
    "call.left": { call: string; seat: string };
    /** Another officer has taken the call over, and is in it since some moments ago. */
    "call.relieved": { call: string; seat: string; name: string };
    "call.signal": { call: string; by: string; data: unknown };
    "call.ended": CallEnd;
    /** They go on by other means. The officer is told which call it is of, and why, in the staff's words. */
    "rung.taken": { rung: Rung; call?: string; rung_words?: string };
  }
}

/**
 * connecting: the other side has not been reached yet. live: picture and sound flow.
 * silent: nothing heard for 3 s, redialling. away: the other side's page has closed; a reload comes back by itself.
 * ended: `stop` was called.
 */
export type PlaneState = "connecting" | "live" | "silent" | "away" | "ended";

/** What somebody got of somebody else's picture within the last second, by a node. */
export interface Got {
  /** 0 to 1. */
  lost: number;
  kbps: number;
  /** Between whoever got it and the node. */
  roundTripMs: number;
}

/** What the other side says of itself, within a second. */
export interface OtherSide {
  camera: boolean;
  sound: boolean;
  /** Her page is in the background or her phone is locked. */
  hidden: boolean;
  /** Whether a telephone call has the sound of that device. */
  phoneCall: PhoneCall;
  /** It records what it gets from us. */
  records: boolean;
  /** A silent alarm that the server does not have yet: the key of its press. */
  alarm?: string;
  /** What it gets of whom, by their seats. */
  gets?: Record<string, Got>;
  /** How good it finds its own connection. */
  link?: Link;
}

/** How good a connection has been for some seconds. */
export interface Link {
  /** 0 (nothing), 1 (poor), 2 (fair), 3 (good). */
  bars: 0 | 1 | 2 | 3;
  /** What comes is late, rather than lost. */
  isSlow: boolean;
}

/** One reading; what counts up counts since the one before. */
export interface LinkStats {
  /** 0 (nothing), 1 (poor), 2 (fair), 3 (good). */
  bars: 0 | 1 | 2 | 3;
  roundTripMs: number | null;
  /** Share of packets lost on the way to us, 0 to 1. */
  lost: number;
  /** And on the way from us, as the other side last told. */
  lostThere: number;
  /** What the browser believes that the way from us can carry; null where it does not say. */
  roomKbps: number | null;
  /** Bytes that this call has taken so far, both ways, on this page. */
  bytes: number;
  inKbps: number;
  outKbps: number;
  width: number;
  height: number;
  /** Pictures that were decoded. */
  pictures: number;
  /** Seconds for which the picture stood still. */
  stood: number;
  /** `relay` where a TURN server carries the call: ours, by what we reach it, or theirs. */
  route: "direct" | "relay-udp" | "relay-tcp" | "relay-tls" | "relay" | "unknown";
}

export type LinkReader = () => Promise<LinkStats>;

export type MediaKind = "audio" | "video";

/** Somebody else in the call, as this page has them. */
export interface Person {
  readonly other: Other;
  readonly state: PlaneState;
  /** performance.now() when something was heard of them last. */
  readonly heardAt: number;
  /** A new stream replaces the one before: give it to the <video> as it comes. */
  onRemote(handler: (stream: MediaStream) => void): () => void;
  onState(handler: (state: PlaneState) => void): () => void;
  onOtherSide(handler: (other: OtherSide) => void): () => void;
  /** Reads the connection with them, now; each reader counts by itself. */
  reader(): LinkReader;
}

export interface MediaPlane {
  /** Whom this page is in the call with. */
  readonly main: Person;
  /** `stop` was called. */
  readonly isOver: boolean;
  /** Who else has a seat. */
  readonly seats: string[];
  /** A guest comes in. */
  join(other: Other): void;
  /** A guest goes. */
  part(seat: string): void;
  /** From now on the page is in the call with this one. */
  lead(seat: string): void;
  /** Is told everybody besides `main`: who is there, and whoever comes. */
  onGuest(handler: (person: Person) => void): () => void;
  /** What it carries. */
  readonly rung: Rung;
  /** Finds the others. Until `use` they get neither picture nor sound. */
  start(): void;
  /** From now on the others see and hear what this camera does. */
  use(camera: Camera): void;
  /** Leaves the media; the call itself is ended by an action on the server. Can be called twice. */
  stop(): void;
  onStop(handler: () => void): () => void;
  setCamera(facing: Facing): Promise<void>;
  mute(kind: MediaKind, muted: boolean): void;
  /** Sends what this rung of the ladder carries, and no more. */
  carry(rung: Rung): void;
  /** Tells the others whether they are being recorded here. */
  tellRecording(records: boolean): void;
  /** Sends a silent alarm with every beat, until it is told ""; nothing shows on this side. */
  tellAlarm(key: string): void;
  /** How good this page finds its own connection. */
  tellLink(link: Link): void;
}
