/** Both ends of a range; a value is taken from it evenly. */
export type Range = readonly [least: number, most: number];

/**
 * A seeded generator: Tommy Ettinger's Mulberry32, in the public domain, 32 bits of state. Good
 * enough to vary tests and no good for secrets. The same seed gives the same numbers everywhere.
 */
export class Random {
  readonly #seed: number;
  #state: number;

  /** @param seed a whole number; only its lowest 32 bits count */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = seed | 0;
  }

  /** In [0, 1), in steps of 2 to the power of -32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A number between the two, the lower one included. */
  within([least, most]: Range): number {
    return least + this.next() * (most - least);
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them. Throws where there is none. */
  pick<T>(choices: readonly T[]): T {
    const chosen = choices[Math.floor(this.next() * choices.length)];
    if (chosen === undefined) throw new RangeError("nothing to pick from");
    return chosen;
  }

  /** The same things in another order (Fisher-Yates). */
  shuffled<T>(things: readonly T[]): T[] {
    const mixed = [...things];
    for (let at = mixed.length - 1; at > 0; at -= 1) {
      const other = Math.floor(this.next() * (at + 1));
      const [a, b] = [mixed[at], mixed[other]];
      if (a !== undefined && b !== undefined) [mixed[at], mixed[other]] = [b, a];
    }
    return mixed;
  }

  /** `digits` hexadecimal digits, a multiple of eight. */
  hex(digits: number): string {
    let text = "";
    while (text.length < digits) {
      text += Math.floor(this.next() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, "0");
    }
    return text;
  }

  /**
   * A generator of its own for one purpose. It depends on the seed and the name alone, so that a
   * node draws the same numbers whatever the others do: without that, dropping one fault of a
   * failing run would change all the others.
   */
  fork(name: string): Random {
    // FNV-1a, 32 bits.
    let hash = 0x811c_9dc5 ^ this.#seed;
    for (let at = 0; at < name.length; at += 1) {
      hash = Math.imul(hash ^ name.charCodeAt(at), 0x0100_0193);
    }
    return new Random(hash);
  }
}
