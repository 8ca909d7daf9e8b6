// In every page of the benchmark, ours and the bare one: when was pressed, and when did a picture come.
// Date.now(): the clock that all pages of this machine and the database share.
addEventListener("click", ({ target }) => (window.pressedAt = target.closest("button") && Date.now()), true);

window.awaitPicture = () => {
  window.pictureAt = 0;
  const remote = document.getElementById("remote-video");
  remote.requestVideoFrameCallback(() => (window.pictureAt = Date.now()));
};

// Drawn, and its deferred scripts have run. Milliseconds since the tap that led here, redirects included.
window.usableAfter = () => {
  const [page] = performance.getEntriesByType("navigation");
  const [drawn] = performance.getEntriesByName("first-contentful-paint");
  return page?.domContentLoadedEventEnd && drawn ? Math.max(page.domContentLoadedEventEnd, drawn.startTime) : 0;
};
