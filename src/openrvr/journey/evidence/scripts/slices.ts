// What the recorder makes and the server keeps: see journey/evidence/pieces.py, which reads it.

/** `victim`, `officer`, or the name of a guest: see `Other.person`. */
export type Person = string;
export type Missing = "everything" | "picture" | "sound";
export type Cause =
  | "network"
  | "tab_closed"
  | "not_granted"
  | "turned_off"
  | "disk_full"
  | "not_supported"
  | "connecting"
  | "stalled"
  | "hung_up"
  | "rung"
  | "not_in_call";

/** Something that ought to be in the recording and is not, though its bytes go on. Instants are the server's, in ms. */
export interface Condition {
  since: number;
  until: number;
  missing: Missing;
  cause: Cause;
}

export interface Slice {
  call: string;
  pass: string;
  track: string;
  index: number;
  person: Person;
  mediaType: string;
  /** Of the bytes as the recorder gave them, in hexadecimal. */
  sha256: string;
  since: number;
  until: number;
  /** The last of its track; then `ended` says why. */
  final: boolean;
  ended: Cause | "";
  conditions: Condition[];
  bytes: ArrayBuffer;
}

export const hex = (bytes: ArrayBuffer | Uint8Array): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function sha256(bytes: BufferSource): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}
