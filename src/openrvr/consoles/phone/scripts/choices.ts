// What she has turned off stays off, also when the page is loaded again in the middle of a call.
import type { MediaKind } from "#call/plane";

const key = "off";

export class Choices {
  private readonly off = new Set<MediaKind>(remembered());

  isOff(kind: MediaKind): boolean {
    return this.off.has(kind);
  }

  set(kind: MediaKind, off: boolean): void {
    if (off) this.off.add(kind);
    else this.off.delete(kind);
    try {
      sessionStorage.setItem(key, [...this.off].join());
    } catch {
      // Private windows of some browsers keep nothing: then it holds until the next reload.
    }
  }
}

function remembered(): MediaKind[] {
  try {
    return (sessionStorage.getItem(key)?.split(",") ?? []).filter(Boolean) as MediaKind[];
  } catch {
    return [];
  }
}
