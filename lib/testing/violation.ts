/** An invariant does not hold. The message has everything that is needed to see it again. */
export class Violation extends Error {
  override readonly name = "Violation";
  /** The name of the invariant. */
  readonly invariant: string;
  /** What contradicts it. */
  readonly detail: string;
  readonly seed: number;
  /** Virtual time. */
  readonly atMs: number;

  constructor(options: {
    readonly invariant: string;
    readonly claim: string;
    readonly detail: string;
    readonly seed: number;
    readonly atMs: number;
    /** What led to it, as text. */
    readonly trace: string;
  }) {
    const { invariant, claim, detail, seed, atMs, trace } = options;
    super(
      `"${invariant}" does not hold at ${(atMs / 1000).toFixed(4)} s with seed ${seed}: ${detail}\n  claimed: ${claim}\n${trace}`,
    );
    this.invariant = invariant;
    this.detail = detail;
    this.seed = seed;
    this.atMs = atMs;
  }
}
