// When somebody is truly seen: a decoded picture, not a connected socket.

/** Calls `seen` once, when the next picture of `video` is presented. */
export function onFirstFrame(video: HTMLVideoElement, seen: () => void): void {
  // Older Firefox has no callback for pictures: there the clock of the picture moves only when there is one.
  if ("requestVideoFrameCallback" in HTMLVideoElement.prototype) video.requestVideoFrameCallback(() => seen());
  else video.addEventListener("timeupdate", () => seen(), { once: true });
}
