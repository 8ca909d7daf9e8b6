// The page behind the link: a button, and the way out. Without this script the button is a form's. With it the next page
// comes into this one: nothing goes white in between, and a tap that was lost on the way is sent again.
import { focusAgain } from "./elements";
import { startExit } from "./exit";
import { startLanguages } from "./languages";
import { hasLeft } from "./left";
import { announce } from "./steps";
import { patientTextOf, textOf, writeIn } from "./written_in";

// Not that of the languages, which stands above it.
const form = document.querySelector<HTMLFormElement>("form[data-next]")!;
const button = form.querySelector("button")!;
const problem = form.querySelector("p")!;
const timeout = 8000;
const tries = 3;

startExit();
startLanguages(null);
// Some apps show pages within themselves and do not say so: what they cannot do gives them away.
const can = navigator.mediaDevices?.getUserMedia !== undefined && window.RTCPeerConnection !== undefined;
if (!can && isSecureContext && /Android|iPhone|iPad/.test(navigator.userAgent) && !location.search) location.replace("?app");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!button.disabled) void goOn();
});
// A tap that met no network is done as soon as there is one.
addEventListener("online", () => problem.textContent && !button.disabled && void goOn());
// The next page's script is fetched while she reads, and never before this page is drawn.
let ahead: Promise<string | null> | null = null;
addEventListener("load", () => (ahead = textOf(form.dataset.next!).catch(() => null)));

async function goOn(): Promise<void> {
  const pressed = document.activeElement;
  button.disabled = true;
  problem.textContent = "";
  const page = await nextPage();
  if (page) return show(page);
  button.disabled = false;
  focusAgain(pressed);
  problem.textContent = form.dataset.unreachable!;
}

async function nextPage(): Promise<string | null> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const page = await ask();
    if (page !== null) return page;
  }
  return null;
}

async function ask(): Promise<string | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    const body = new URLSearchParams(Array.from(new FormData(form), ([name, value]) => [name, String(value)]));
    const answer = await fetch(form.action, { method: "POST", body, signal: abort.signal });
    return answer.status < 500 ? await answer.text() : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function show(html: string): void {
  if (hasLeft()) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.querySelector<HTMLScriptElement>("head script[data-then]")?.dataset.then;
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  document.title = page.title;
  document.querySelector('[name="csrftoken"]')?.replaceWith(...page.querySelectorAll('[name="csrftoken"]'));
  document.body.replaceWith(page.body);
  scrollTo(0, 0);
  announce();
  // A script that was only parsed never runs; one that is put in does.
  if (next) void goOnWith(next);
}

async function goOnWith(script: string): Promise<void> {
  const text = (script === form.dataset.next && (await ahead)) || (await patientTextOf(script));
  if (hasLeft()) return;
  writeIn(text);
  // The service was renewed while she read: a script that has changed, the page that she opened does not allow.
  if (document.body.dataset.listens === undefined) location.replace(form.dataset.page!);
}
