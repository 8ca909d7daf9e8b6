// What she has turned off stays off, also when the page is loaded again in the middle of a call. It is kept with the page's
// own place in the history, which goes when she leaves: what is written into a storage stays on the disk for a while.
import type { MediaKind } from "#call/plane";

interface Kept {
  off?: MediaKind[];
}

export class Choices {
  private readonly off = new Set<MediaKind>((history.state as Kept | null)?.off);

  isOff(kind: MediaKind): boolean {
    return this.off.has(kind);
  }

  set(kind: MediaKind, off: boolean): void {
    if (off) this.off.add(kind);
    else this.off.delete(kind);
    history.replaceState({ off: [...this.off] }, "");
  }
}
