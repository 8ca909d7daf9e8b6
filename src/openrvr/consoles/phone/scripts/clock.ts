// The clock at the top: how long she has waited, then how long the call is. Held for two seconds by a finger, a mouse or a
// key, or tapped three times (a screen reader cannot hold), it raises the silent alarm. It looks and sounds the same all
// the while: it is no button, and nobody who listens hears that it can be pressed. So it listens for no click itself: some
// browsers tell a screen reader of that.
import { tick } from "#kit/ticking";

import { element } from "./elements";

const heldFor = 2000;
const taps = 3;
const tapsWithin = 6000;
/** The click that a finger or a mouse makes comes within it, or never: some phones make none where nothing is clickable. */
const sameTap = 1000;
/** CSS pixels: a hand that trembles is still holding. */
const mayMove = 40;

export class Clock {
  private readonly clock = element("clock");
  private holding: ReturnType<typeof setTimeout> | undefined;
  private from = { x: 0, y: 0 };
  private tapped: number[] = [];
  private lifted = -Infinity;

  constructor(private readonly onAlarm: () => void) {
    const { clock } = this;
    clock.addEventListener("pointerdown", (event) => {
      this.from = { x: event.clientX, y: event.clientY };
      clock.setPointerCapture(event.pointerId);
      this.hold();
    });
    clock.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (Math.hypot(clientX - this.from.x, clientY - this.from.y) > mayMove) this.letGo();
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) clock.addEventListener(end, () => this.letGo());
    clock.addEventListener("pointerup", () => {
      this.lifted = performance.now();
      this.tap();
    });
    // Where the focus is stays as it was: that can be seen. A long press brings up a menu, and some phones shake with it.
    for (const usual of ["mousedown", "contextmenu"]) {
      document.addEventListener(usual, (event) => isOn(clock, event) && event.preventDefault());
    }
    clock.addEventListener("keydown", (event) => this.keyDown(event));
    clock.addEventListener("keyup", (event) => isPress(event) && this.letGo());
    // A screen reader's tap, which has no finger.
    document.addEventListener("click", (event) => {
      if (isOn(clock, event) && performance.now() - this.lifted > sameTap) this.tap();
    });
  }

  /** Counts from `since` (ISO 8601); null takes the clock away. */
  show(since: string | null): void {
    this.clock.hidden = since === null;
    if (since === null) return this.letGo();
    element("call-length").dataset.since = since;
    tick();
  }

  private keyDown(event: KeyboardEvent): void {
    if (!isPress(event)) return;
    event.preventDefault();
    if (event.repeat) return;
    this.hold();
    this.tap();
  }

  private hold(): void {
    clearTimeout(this.holding);
    this.holding = setTimeout(() => {
      this.tapped = [];
      this.onAlarm();
    }, heldFor);
  }

  private letGo(): void {
    clearTimeout(this.holding);
  }

  private tap(): void {
    const now = performance.now();
    this.tapped = [...this.tapped.filter((at) => now - at < tapsWithin), now];
    if (this.tapped.length < taps) return;
    this.tapped = [];
    this.onAlarm();
  }
}

const isOn = (clock: HTMLElement, { target }: Event): boolean => target instanceof Node && clock.contains(target);
const isPress = ({ key }: KeyboardEvent): boolean => key === " " || key === "Enter";
