import { hashOf } from "./hash.ts";

/** Longer keys are hashed each time: a memory of them would have no bound in bytes. */
export const CACHED_KEY_LENGTH_MAX = 256;

/**
 * Remembers where keys lie. The owner of a key changes with the ring, its place never does, so
 * nothing is forgotten when a peer comes or goes. Two generations stand for the order of use: when
 * the younger one is full, the older one goes.
 */
export class KeyHashes {
  readonly #generationMax: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** `max` keys at most; 0 remembers none. */
  constructor(max: number) {
    this.#generationMax = Math.ceil(max / 2);
  }

  /** Where the key lies. */
  of(key: string): number {
    if (this.#generationMax === 0 || key.length > CACHED_KEY_LENGTH_MAX) return hashOf(key);
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const hash = this.#old.get(key) ?? hashOf(key);
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, hash);
    return hash;
  }
}
