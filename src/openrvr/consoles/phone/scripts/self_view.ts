// Her own picture, small: a tap moves it to the next corner, a finger drags it to any.

const corners = ["top-end", "top-start", "bottom-start", "bottom-end"] as const;
type Corner = (typeof corners)[number];

const dragFrom = 12;

export function startSelfView(view: HTMLElement): void {
  let start: { x: number; y: number } | null = null;
  let dragged = false;

  view.addEventListener("pointerdown", (event) => {
    start = { x: event.clientX, y: event.clientY };
    dragged = false;
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    dragged ||= Math.hypot(x, y) > dragFrom;
    if (dragged) view.style.transform = `translate(${x}px, ${y}px)`;
  });
  const drop = (event: PointerEvent): void => {
    if (dragged) rest(view, nearestCorner(view, event));
    view.style.transform = "";
    start = null;
  };
  view.addEventListener("pointerup", drop);
  view.addEventListener("pointercancel", drop);
  view.addEventListener("click", () => {
    // The end of a drag is a click too, for the browser.
    if (dragged) return void (dragged = false);
    rest(view, corners[(corners.indexOf(cornerOf(view)) + 1) % corners.length]!);
  });
}

const cornerOf = (view: HTMLElement): Corner => (view.dataset.corner as Corner | undefined) ?? "top-end";

function rest(view: HTMLElement, corner: Corner): void {
  view.dataset.corner = corner;
}

function nearestCorner(view: HTMLElement, { clientX, clientY }: PointerEvent): Corner {
  const room = view.parentElement!.getBoundingClientRect();
  const atRight = clientX > room.left + room.width / 2;
  const atTop = clientY < room.top + room.height / 2;
  const atEnd = atRight === (getComputedStyle(view).direction === "ltr");
  return `${atTop ? "top" : "bottom"}-${atEnd ? "end" : "start"}`;
}
