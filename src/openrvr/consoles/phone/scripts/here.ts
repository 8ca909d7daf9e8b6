// Her page says every few seconds that it is there, and at once when it is hidden or shown: staff must know when it is not.
import { post } from "#kit/http";

const every = 10_000;

/** Not in TypeScript's own library: Chromium has it, Safari and Firefox do not. */
interface Battery extends EventTarget {
  level: number;
  charging: boolean;
}

export class Here {
  private battery: Battery | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly tell = (): void => this.say();

  constructor(private readonly url: string) {}

  start(): void {
    this.timer = setInterval(this.tell, every);
    document.addEventListener("visibilitychange", this.tell);
    this.tell();
    void this.readBattery();
  }

  stop(): void {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.tell);
    for (const change of ["levelchange", "chargingchange"]) this.battery?.removeEventListener(change, this.tell);
  }

  private async readBattery(): Promise<void> {
    const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<Battery> };
    // A browser that may not tell is one that does not.
    this.battery = (await getBattery?.call(navigator).catch(() => null)) ?? null;
    for (const change of ["levelchange", "chargingchange"]) this.battery?.addEventListener(change, this.tell);
    if (this.battery) this.tell();
  }

  // Not tried again: the next one says it all, and better.
  private say(): void {
    const { battery } = this;
    const body = {
      hidden: document.visibilityState === "hidden",
      battery: battery && Math.round(battery.level * 100),
      charging: battery?.charging ?? false,
    };
    void post(this.url, body, { tries: 1, timeout: every, keepalive: true }).catch(() => undefined);
  }
}
