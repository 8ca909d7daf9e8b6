// Her scripts come as text and are written into the page, which allows each by its hash. What a browser loads by an address
// it may keep under that address, compiled, long after the end, and no header forbids it.

declare global {
  // What a script that is fetched later exports: see build.mjs.
  var fetchedLater: unknown;
}

const timeout = 30_000;
const tryAgain = 2000;

/** The text of the script at `url`; rejects where it cannot be had at the moment. */
export async function textOf(url: string): Promise<string> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    const answer = await fetch(url, { signal: abort.signal });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return await answer.text();
  } finally {
    clearTimeout(timer);
  }
}

/** The same, asked for until it comes. */
export async function patientTextOf(url: string): Promise<string> {
  for (;;) {
    try {
      return await textOf(url);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, tryAgain));
    }
  }
}

/** Has run when this returns; what the page's policy does not know never runs. */
export function writeIn(text: string): void {
  document.head.append(Object.assign(document.createElement("script"), { text }));
}

/** What the script at `url` exports, as soon as it can be had. */
export async function fetchedLater<Module>(url: string): Promise<Module> {
  writeIn(await patientTextOf(url));
  return window.fetchedLater as Module;
}
