// From her phone to the server, piece by piece, for as long as it takes. Nothing of it is kept on the phone.
import { csrfToken, randomId, sentenceOf, wait } from "#kit/http";
import { _ } from "#kit/words";

import { Sha256 } from "./sha256";

export interface Outgoing {
  content: Blob;
  name: string;
  /** The officer's request that it answers; null for what she sends by herself. */
  request: number | null;
}

export interface Progress {
  step: "hashing" | "sending";
  /** Bytes. */
  done: number;
  of: number;
  /** Nothing gets through at the moment: it is tried again. */
  weak: boolean;
}

/** It cannot be sent; `message` is the sentence for her. */
export class CannotSend extends Error {
  override name = "CannotSend";
}

interface Kept {
  pieces: number;
  size: number;
  complete: boolean;
}

// Bytes. The server tells a file by its first 64 kB and takes no more than 1 MB at once, in 15 seconds.
const smallest = 64 * 1024;
const largest = 1024 * 1024;
const first = 256 * 1024;
const timeout = 15_000;
const quick = 1500;
const longestPause = 4000;
/** How often the server may say that a piece is not in its place before she is told. */
const patience = 4;

const nothing: Kept = { pieces: 0, size: 0, complete: false };

export class Upload {
  private readonly key = randomId();
  private readonly abort = new AbortController();
  private readonly stopped = new Promise<void>((resolve) => this.abort.signal.addEventListener("abort", () => resolve()));
  private pieceSize = first;
  private sha256 = "";
  private refusal = "";

  constructor(
    private readonly outgoing: Outgoing,
    private readonly url: string,
    private readonly onProgress: (progress: Progress) => void,
  ) {}

  /** Settled when the server has all of it, and it is what was hashed here. Throws CannotSend; false once it was stopped. */
  async send(): Promise<boolean> {
    this.sha256 = await this.hash();
    let kept = nothing;
    let pause = 250;
    let misplaced = 0;
    while (!kept.complete) {
      if (this.abort.signal.aborted) return false;
      this.tell("sending", kept.size);
      const now = await this.sendPiece(kept);
      if (now && now !== "misplaced") {
        kept = now;
        pause = 250;
        continue;
      }
      if (now === "misplaced" && ++misplaced > patience) throw new CannotSend(this.refusal);
      this.pieceSize = Math.max(smallest, this.pieceSize / 2);
      this.tell("sending", kept.size, true);
      await Promise.race([wait(pause), this.stopped]);
      pause = Math.min(pause * 2, longestPause);
      kept = (await this.askHowMuch()) ?? kept;
    }
    return true;
  }

  stop(): void {
    this.abort.abort();
  }

  private async hash(): Promise<string> {
    const hash = new Sha256();
    const { size } = this.outgoing.content;
    for (let at = 0; at < size && !this.abort.signal.aborted; at += largest) {
      this.tell("hashing", at);
      hash.update(new Uint8Array(await this.read(at, at + largest)));
    }
    return hash.end();
  }

  private async sendPiece({ pieces, size }: Kept): Promise<Kept | "misplaced" | null> {
    const bytes = await this.read(size, size + this.pieceSize);
    const began = performance.now();
    const answer = await this.ask(`${this.url}${this.key}/${pieces}`, {
      method: "PUT",
      body: bytes,
      headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": csrfToken(), Upload: this.describe(bytes) },
    });
    if (!answer) return null;
    if (answer.status === 201 && performance.now() - began < quick) this.pieceSize = Math.min(largest, this.pieceSize * 2);
    return this.keptOf(answer);
  }

  private async askHowMuch(): Promise<Kept | null> {
    const answer = await this.ask(`${this.url}${this.key}`, {});
    const kept = answer && (await this.keptOf(answer));
    return kept === "misplaced" ? null : kept;
  }

  private async keptOf(answer: Response): Promise<Kept | "misplaced" | null> {
    const body = (await answer.json().catch(() => null)) as Record<string, unknown> | null;
    if (answer.ok) return body as Kept | null;
    if (answer.status === 409) {
      this.refusal = sentenceOf(answer.status, body);
      return "misplaced";
    }
    if (answer.status === 404) throw new CannotSend(_("The call has ended: this was not sent."));
    if (answer.status === 408 || answer.status === 429 || answer.status >= 500) return null;
    throw new CannotSend(sentenceOf(answer.status, body));
  }

  private async ask(url: string, options: RequestInit & { headers?: Record<string, string> }): Promise<Response | null> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout);
    const stop = (): void => limit.abort();
    this.abort.signal.addEventListener("abort", stop);
    try {
      const headers = { Accept: "application/json", ...options.headers };
      return await fetch(url, { ...options, headers, signal: limit.signal, cache: "no-store" });
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      this.abort.signal.removeEventListener("abort", stop);
    }
  }

  private async read(since: number, until: number): Promise<ArrayBuffer> {
    try {
      return await this.outgoing.content.slice(since, until).arrayBuffer();
    } catch {
      // Moved or changed meanwhile, or still in its maker's cloud.
      throw new CannotSend(_("Your phone could not read this file. Please open it on your phone first, then choose it again."));
    }
  }

  private describe(bytes: ArrayBuffer): string {
    const { content, name, request } = this.outgoing;
    const piece = new Sha256().update(new Uint8Array(bytes)).end();
    const said = JSON.stringify({ name: name.slice(-200), size: content.size, sha256: this.sha256, piece, request });
    // Headers hold no other letters than these.
    return said.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }

  private tell(step: Progress["step"], done: number, weak = false): void {
    this.onProgress({ step, done, of: this.outgoing.content.size, weak });
  }
}
