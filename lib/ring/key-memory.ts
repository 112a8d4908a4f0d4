/** What is found for longer keys is found each time: a memory of them would have no bound in bytes. */
export const CACHED_KEY_LENGTH_MAX = 256;

/**
 * Remembers what was found for a key. Two generations stand for the order of use: when
 * the younger one is full, the older one goes.
 */
export class KeyMemory<T> {
  readonly #find: (key: string) => T;
  readonly #generationMax: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** `max` keys at most; 0 remembers none. `find` gives the same for a key each time. */
  constructor(max: number, find: (key: string) => T) {
    this.#generationMax = Math.ceil(max / 2);
    this.#find = find;
  }

  of(key: string): T {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    if (this.#generationMax === 0 || key.length > CACHED_KEY_LENGTH_MAX) return this.#find(key);
    const found = this.#old.get(key) ?? this.#find(key);
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, found);
    return found;
  }
}
