// A phone's keyboard lies over the page, and the page does not know of it: only the visual viewport becomes smaller. While
// she writes, the page is as high as what she sees, so that field and button stand right above the keyboard.

/** Of the window's height: what is smaller has a keyboard over it. */
const withKeyboard = 0.75;

export function fitAboveKeyboard(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = (): void => {
    // Enlarged by two fingers she sees a part of the page: that is no keyboard.
    if (seen.scale > 1.05) return;
    const { style, dataset } = document.body;
    style.setProperty("--seen-height", `${seen.height}px`);
    style.setProperty("--seen-top", `${seen.offsetTop}px`);
    dataset.keyboard = String(seen.height < window.innerHeight * withKeyboard);
  };
  seen.addEventListener("resize", fit);
  seen.addEventListener("scroll", fit);
  fit();
}
