/** A time in which a process did nothing. */
export interface Stop {
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
  /** True where we stopped it, false where the machine gave it no time. */
  readonly isOurs: boolean;
}

/** When which process stood still last. */
export class Stops {
  readonly #stops = new Map<string, Stop>();
  /** When the last stall of each process ended that was the machine's doing. */
  readonly #stallsMs = new Map<string, number>();
  #lastStallMs = -Infinity;
  /** Stalls that were the machine's doing, and the longest of them. */
  stalls = 0;
  longestMs = 0;

  /** When the machine last let any process stand still. */
  get lastStallMs(): number {
    return this.#lastStallMs;
  }

  of(process: string): Stop | undefined {
    return this.#stops.get(process);
  }

  /** When the machine last let one of these processes stand still. */
  lastStallOf(isOne: (process: string) => boolean): number {
    return Math.max(
      -Infinity,
      ...[...this.#stallsMs].filter(([process]) => isOne(process)).map(([, endMs]) => endMs),
    );
  }

  began(process: string, atMs: number): void {
    this.#stops.set(process, { startMs: atMs, endMs: null, isOurs: true });
  }

  ended(process: string, atMs: number): void {
    const stop = this.#stops.get(process);
    if (stop?.endMs === null) this.#stops.set(process, { ...stop, endMs: atMs });
  }

  /** Our own stops are seen as stalls too, from within. */
  stalled(process: string, startMs: number, lastedMs: number): void {
    const known = this.#stops.get(process);
    const endMs = startMs + lastedMs;
    const isKnown = known !== undefined && known.isOurs && known.startMs <= endMs;
    if (isKnown && (known.endMs === null || known.endMs >= startMs)) return;
    this.stalls += 1;
    this.longestMs = Math.max(this.longestMs, lastedMs);
    this.#stallsMs.set(process, endMs);
    this.#lastStallMs = Math.max(this.#lastStallMs, endMs);
    this.#stops.set(process, { startMs, endMs, isOurs: false });
  }
}
