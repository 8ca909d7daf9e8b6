// Requests to our own server: one way of sending, retrying and failing for every page.
import { _ } from "./words";

/** The server understood and said no; `message` is its sentence for the user. */
export class RequestRefused extends Error {
  override name = "RequestRefused";

  constructor(
    readonly status: number,
    sentence: string,
    readonly body: Record<string, unknown>,
  ) {
    super(sentence);
  }
}

/** No answer within the time and the tries allowed. Whether it was done is unknown: repeat it with the same key. */
export class ServerUnreachable extends Error {
  override name = "ServerUnreachable";

  constructor() {
    super(_("The server did not answer. Check the connection; what you typed is still here."));
  }
}

export interface PostOptions {
  /** Milliseconds for one try. */
  timeout?: number;
  tries?: number;
  /** The same key for the same intention: the server does it once, however often it is sent. */
  key?: string;
  /** Lets the request outlive the page; the browser then refuses bodies over 64 kB. */
  keepalive?: boolean;
}

const sentencesByStatus: Record<number, string> = {
  401: _("You have been signed out. Sign in again to go on."),
  403: _("You are not allowed to do this."),
  404: _("This is no longer there."),
  409: _("Somebody else was quicker. Look at what changed, then decide again."),
  413: _("This is too large to send."),
  429: _("Too many tries. Wait a minute, then try again."),
};

const passesByItself = (status: number): boolean => status === 429 || status === 502 || status === 503 || status === 504;

export const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A random identifier; `crypto.randomUUID` is missing on plain HTTP addresses other than localhost. */
export function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrftoken"]')?.content ?? "";
}

/** POST `body` as JSON and give the answer's JSON; retries with the same `Idempotency-Key`. */
export async function post<Answer = unknown>(url: string, body: unknown, options: PostOptions = {}): Promise<Answer> {
  const { timeout = 2500, tries = 4, key = randomId(), keepalive = false } = options;
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptOnce(url, body, { timeout, key, keepalive });
    if (answer && !passesByItself(answer.status)) return read<Answer>(answer);
    if (attempt >= tries) {
      if (answer) return read<Answer>(answer);
      throw new ServerUnreachable();
    }
    await wait(Math.min(250 * 2 ** (attempt - 1), 2000));
  }
}

async function attemptOnce(
  url: string,
  body: unknown,
  { timeout, key, keepalive }: { timeout: number; key: string; keepalive: boolean },
): Promise<Response | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    return await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": csrfToken(),
        "Idempotency-Key": key,
      },
      credentials: "same-origin",
      signal: abort.signal,
      keepalive,
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function read<Answer>(answer: Response): Promise<Answer> {
  const text = await answer.text().catch(() => "");
  const body = parse(text);
  // A sign-in page in place of JSON is how an ended session looks from here.
  if (answer.redirected && body === null) throw new RequestRefused(401, sentencesByStatus[401]!, {});
  if (answer.ok) return body as Answer;
  throw new RequestRefused(answer.status, sentenceOf(answer.status, body), body ?? {});
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

export function sentenceOf(status: number, body: Record<string, unknown> | null): string {
  if (typeof body?.error === "string") return body.error;
  return sentencesByStatus[status] ?? _("Something went wrong on the server. Nothing you typed is lost; try again.");
}
