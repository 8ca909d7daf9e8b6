// In every page of the benchmark, ours and the bare one: when was pressed, and when was something there to be seen.
// Date.now(): the clock that all pages of this machine and the database share.
addEventListener(
  "click",
  ({ target }) => {
    if (!target.closest("button")) return;
    window.pressedAt = Date.now();
    window.name = String(window.pressedAt); // what the next document of this window still knows
  },
  true,
);

window.awaitPicture = () => {
  window.pictureAt = 0;
  const remote = document.getElementById("remote-video");
  // A picture that has no place on the screen is not seen.
  const look = () => (remote.getClientRects().length ? (window.pictureAt = Date.now()) : remote.requestVideoFrameCallback(look));
  remote.requestVideoFrameCallback(look);
};

window.awaitAlarm = (reference) => {
  window.alarmAt = 0;
  const link = `#alarms a[href*="${reference}"]`;
  const seen = () => requestAnimationFrame(() => (window.alarmAt = Date.now()));
  const watching = new MutationObserver(() => document.querySelector(link) && (watching.disconnect(), seen()));
  watching.observe(document.getElementById("alarms").parentNode, { childList: true, subtree: true });
};

// A page that was navigated to is drawn, and its deferred scripts have run.
const arrivedAt = () => {
  const [page] = performance.getEntriesByType("navigation");
  const [drawn] = performance.getEntriesByName("first-contentful-paint");
  if (!page?.domContentLoadedEventEnd || !drawn) return 0;
  return performance.timeOrigin + Math.max(page.domContentLoadedEventEnd, drawn.startTime);
};

// The same for one that came into the page that was there: its script has run when it has given itself its address.
let inPlaceAt = 0;
const look = () => {
  const there = document.getElementById("open-camera") && location.pathname === "/p/";
  requestAnimationFrame(there ? () => (inPlaceAt = Date.now()) : look);
};
addEventListener("submit", () => requestAnimationFrame(look), true);

// Milliseconds since the tap on the link, or since the press that led on from it.
window.firstUsableAfter = () => Math.max(0, arrivedAt() - performance.timeOrigin);
window.nextUsableAfter = () => Math.max(0, (inPlaceAt || arrivedAt()) - Number(window.name));
