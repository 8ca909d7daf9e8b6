// "Exit this page": the server first, then away. Whoever stands behind her sees an empty page at once, and in the end an
// everyday one; it never waits longer than a glance. Three presses of Shift do the same, as on GOV.UK. Without this script
// the button is a form's, and the server leads her away.
import { post } from "#kit/http";
import { _ } from "#kit/words";

import { hasLeft } from "./left";
import { whenThrice } from "./thrice";

const patience = 300;

/** From the first page on; the next page comes into the same document, and need not begin again. */
export function startExit(): void {
  const { dataset } = document.documentElement;
  if (dataset.exits !== undefined) return;
  dataset.exits = "";
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    leave();
  });
  whenThrice("Shift", { tell: tellCount, act: leave });
  // A page that comes back from the browser's own memory after all.
  addEventListener("pageshow", ({ persisted }) => persisted && hasLeft() && goAway());
  keepInSight();
}

const form = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("form[data-exit]");

function leave(): void {
  const way = form();
  if (!way || hasLeft()) return;
  empty();
  // After the end the server knows nobody by this phone any more.
  const over = document.body.dataset.over !== undefined;
  const url = way.getAttribute("action")!;
  const ended = over ? Promise.resolve() : post(url, {}, { keepalive: true, tries: 1 }).catch(() => undefined);
  const enough = new Promise((resolve) => setTimeout(resolve, patience));
  void Promise.race([ended, enough]).then(goAway);
}

/** In place of this page, so that no step back leads here. In the demo's frame no page from elsewhere can be shown. */
function goAway(): void {
  location.replace(window.top === window ? form()!.dataset.exit! : "/p/over");
}

function empty(): void {
  for (const media of document.querySelectorAll("video")) media.muted = true;
  const cover = document.createElement("p");
  cover.className = "phone__cover";
  cover.setAttribute("role", "alert");
  document.body.classList.add("phone--left");
  document.body.append(cover);
  cover.textContent = _("Loading");
}

function tellCount(presses: number, left: number): void {
  const way = form();
  if (!way) return;
  way.dataset.presses = String(presses);
  const words = way.querySelector("[role=status]")!;
  if (left === 2) words.textContent = _("Shift: press two more times to exit this page.");
  else if (left === 1) words.textContent = _("Shift: press once more to exit this page.");
  else words.textContent = "";
}

// Two fingers make the page larger, and a keyboard pushes it up: the bar follows what is seen of it.
function keepInSight(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const follow = (): void => {
    const bar = document.querySelector<HTMLElement>(".phone__bar");
    if (!bar) return;
    const { offsetLeft, offsetTop, scale } = seen;
    const still = scale < 1.01 && offsetTop < 1;
    bar.style.transformOrigin = "0 0";
    bar.style.transform = still ? "" : `translate(${offsetLeft}px, ${offsetTop}px) scale(${1 / scale})`;
  };
  seen.addEventListener("resize", follow);
  seen.addEventListener("scroll", follow);
}
