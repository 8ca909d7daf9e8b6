// A slice leaves the spool on a receipt only: a signed entry of the custody log about this very slice.
// The format is that of journey/evidence/custody/chain.py.
import { sha256, type Slice } from "./slices";

export interface ServiceKey {
  id: string;
  /** 32 bytes in base 64. */
  public: string;
}

export interface Receipt {
  entry: { details: Record<string, unknown> };
  previous: string;
  hash: string;
  signature: string;
  key: string;
}

const context = new TextEncoder().encode("openrvr.custody.1");

export async function isReceiptFor(slice: Slice, receipt: Receipt, key: ServiceKey | null): Promise<boolean> {
  const { details } = receipt.entry;
  const said = [details.track, details.index, details.sha256, details.final];
  const meant = [slice.track, slice.index, slice.sha256, slice.final];
  if (JSON.stringify(said) !== JSON.stringify(meant)) return false;
  const entry = new TextEncoder().encode(canonical(receipt.entry));
  if ((await sha256(join(bytes(receipt.previous), entry))) !== receipt.hash) return false;
  return !key || key.id !== receipt.key || isSigned(receipt, key);
}

// Browsers before 2025 know no Ed25519: there the fit of the hash has to do.
async function isSigned(receipt: Receipt, key: ServiceKey): Promise<boolean> {
  const raw = Uint8Array.from(atob(key.public), (letter) => letter.charCodeAt(0));
  const known = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]).catch(() => null);
  if (!known) return true;
  return crypto.subtle.verify("Ed25519", known, bytes(receipt.signature), join(context, bytes(receipt.hash)));
}

/** JSON with sorted keys and no blanks. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

