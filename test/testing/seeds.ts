/** A seed that once failed, and what it had found. */
export interface KnownSeed {
  readonly seed: number;
  readonly found: string;
}

/**
 * They are run every time, first of all. A seed finds its failure only as long as the generator of
 * scenarios stays as it is; what must not come back has a test of its own as well.
 */
export const KNOWN_SEEDS: readonly KnownSeed[] = [
  {
    seed: 780,
    found:
      "a member that had thawed hung up needlessly, came back, crashed while the first registrar was learning, and stayed listed until it had learned",
  },
  {
    seed: 483,
    found:
      "a registrar that was stopped while it learned judged at once when it went on, and lost everybody",
  },
];
