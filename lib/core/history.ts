import { LIMITS } from "./limits.ts";

/** One thing that happened to a peer. */
export interface HistoryNote {
  readonly atMs: number;
  readonly event: string;
}

/**
 * What is remembered of each peer, to answer "why is it not in my pool?": a bounded ring per peer,
 * and the longest untouched peers are forgotten first.
 */
export class History {
  readonly #peersMax: number;
  readonly #rings = new Map<string, HistoryNote[]>();

  /** `peersMax` peers are remembered, present and gone ones together. */
  constructor(peersMax: number) {
    this.#peersMax = peersMax;
  }

  note(key: string, note: HistoryNote): void {
    const ring = this.#rings.get(key) ?? [];
    if (ring.length >= LIMITS.historyMax) ring.shift();
    ring.push(note);
    this.#rings.delete(key);
    this.#rings.set(key, ring);
    if (this.#rings.size > this.#peersMax) this.#forgetOldest();
  }

  of(key: string): readonly HistoryNote[] {
    return this.#rings.get(key) ?? [];
  }

  #forgetOldest(): void {
    const [oldest] = this.#rings.keys();
    if (oldest !== undefined) this.#rings.delete(oldest);
  }
}
