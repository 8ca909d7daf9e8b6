// Slices that the server has not receipted yet, on this computer's disk: a crash of the browser, or of the computer, loses
// none of them. IndexedDB with strict durability: a slice is spooled when the disk has it.
import type { Slice } from "./slices";

const database = "openrvr-evidence";
const slices = "slices";

export class Spool {
  private constructor(private readonly db: IDBDatabase) {}

  static async open(): Promise<Spool> {
    const asked = indexedDB.open(database, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(slices, { autoIncrement: true });
    const db = await answer(asked);
    // Not to be evicted when the disk fills up, where the browser grants that.
    void navigator.storage?.persist?.().catch(() => false);
    return new Spool(db);
  }

  /** Everything that waits, oldest first, by its number. */
  async waiting(): Promise<number[]> {
    return (await answer(this.db.transaction(slices).objectStore(slices).getAllKeys())) as number[];
  }

  async read(number: number): Promise<Slice | undefined> {
    return (await answer(this.db.transaction(slices).objectStore(slices).get(number))) as Slice | undefined;
  }

  /** Returns the slice's number; rejects where the disk is full. */
  async add(slice: Slice): Promise<number> {
    const change = this.db.transaction(slices, "readwrite", { durability: "strict" });
    const added = change.objectStore(slices).add(slice);
    await done(change);
    return added.result as number;
  }

  async drop(number: number): Promise<void> {
    const change = this.db.transaction(slices, "readwrite");
    change.objectStore(slices).delete(number);
    await done(change);
  }
}

function answer<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The spool did not answer."));
  });
}

function done(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error ?? new Error("The spool is full."));
  });
}
