// Her scripts come as text and are written into the page, which allows each by its hash. What a browser loads by an address
// it may keep under that address, compiled, long after the end, and no header forbids it.
import { hasLeft } from "./left";

declare global {
  // What a script that is fetched later exports: see build.mjs.
  var fetchedLater: unknown;
}

/** Nothing at all for so long: a slow link brings a little now and then. */
const silence = 15_000;
const tryAgain = 2000;
/** A page that is younger than this was not overtaken by an upgrade: what fails there, fails again. */
const young = 10_000;

class NoLongerThere extends Error {}

/** The text of the script at `url`; rejects where it cannot be had at the moment. */
export async function textOf(url: string): Promise<string> {
  const abort = new AbortController();
  let timer = 0;
  const goOnWaiting = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => abort.abort(), silence);
  };
  goOnWaiting();
  try {
    const answer = await fetch(url, { signal: abort.signal });
    if (answer.status === 404) throw new NoLongerThere(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const [reader, decoder] = [answer.body!.getReader(), new TextDecoder()];
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
      goOnWaiting();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The same, asked for until it comes. */
export async function patientTextOf(url: string): Promise<string> {
  for (;;) {
    try {
      return await textOf(url);
    } catch (error) {
      await renewedOrLater(error instanceof NoLongerThere);
    }
  }
}

/** Has run when this returns; what the page's policy does not know never runs. */
export function writeIn(text: string): void {
  document.head.append(Object.assign(document.createElement("script"), { text }));
}

/** What the script at `url` exports, as soon as it can be had. */
export async function fetchedLater<Module>(url: string): Promise<Module> {
  for (;;) {
    const text = await patientTextOf(url);
    window.fetchedLater = undefined;
    writeIn(text);
    if (window.fetchedLater !== undefined) return window.fetchedLater as Module;
    await renewedOrLater(true);
  }
}

/** The service was `renewed` since this page came: another page knows the scripts that there are now. */
async function renewedOrLater(renewed: boolean): Promise<void> {
  if (renewed && performance.now() > young && !hasLeft()) location.reload();
  await new Promise((resolve) => setTimeout(resolve, tryAgain));
}
