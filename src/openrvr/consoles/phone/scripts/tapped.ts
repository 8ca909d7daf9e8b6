// The last tap that nobody could act on yet. A form's button needs no script and is left alone.

export function noteTap(event: Event): void {
  const { dataset } = document.body;
  const button = (event.target as Element).closest("button[type=button][id]");
  if (button && dataset.listens === undefined) dataset.tapped = button.id;
}

/** From now on taps are acted on; the one that came too early is acted on now. */
export function actOnTaps(): void {
  const { dataset } = document.body;
  dataset.listens = "";
  if (dataset.tapped) document.getElementById(dataset.tapped)?.click();
}
