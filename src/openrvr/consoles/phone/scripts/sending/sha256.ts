// SHA-256 (FIPS 180-4) of what comes in parts: the browser's own wants a whole film in memory at once.

const roots = (count: number, power: number): number[] => {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) prime &&= candidate % divisor !== 0;
    if (prime) found.push(((candidate ** power % 1) * 2 ** 32) | 0);
  }
  return found;
};

type Eight = [number, number, number, number, number, number, number, number];

const block = 64;
const rounds = Int32Array.from(roots(64, 1 / 3));
const beginning = roots(8, 1 / 2);

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

export class Sha256 {
  private readonly state = Int32Array.from(beginning);
  private readonly words = new Int32Array(64);
  private readonly rest = new Uint8Array(block);
  private waiting = 0;
  private length = 0;

  update(bytes: Uint8Array): this {
    this.length += bytes.length;
    let at = 0;
    if (this.waiting) {
      at = Math.min(block - this.waiting, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.waiting);
      this.waiting += at;
      if (this.waiting < block) return this;
      this.take(this.rest, 0);
      this.waiting = 0;
    }
    for (; at + block <= bytes.length; at += block) this.take(bytes, at);
    this.rest.set(bytes.subarray(at));
    this.waiting = bytes.length - at;
    return this;
  }

  /** In hexadecimal; nothing more can be added afterwards. */
  end(): string {
    const { length } = this;
    const padding = new Uint8Array((this.waiting < 56 ? 56 : 120) - this.waiting + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padding.length - 4, (length << 3) >>> 0);
    this.update(padding);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  private take(bytes: Uint8Array, at: number): void {
    const { state, words } = this;
    for (let i = 0; i < 16; i++, at += 4) {
      words[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const near = words[i - 15]!;
      const far = words[i - 2]!;
      const first = turned(near, 7) ^ turned(near, 18) ^ (near >>> 3);
      const second = turned(far, 17) ^ turned(far, 19) ^ (far >>> 10);
      words[i] = (words[i - 16]! + first + words[i - 7]! + second) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
    for (let i = 0; i < 64; i++) {
      const upper = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const one = (h + upper + ((e & f) ^ (~e & g)) + rounds[i]! + words[i]!) | 0;
      const lower = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const two = (lower + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
  }
}
