/** A stretch of time. */
export interface Span {
  readonly fromMs: number;
  /** Infinity while it lasts. */
  readonly toMs: number;
}

/**
 * When something was wrong. Several reasons at a time add up, and what ends and starts again
 * within `gapMs` is one trouble, because its effects had no time to end.
 */
export class Trouble {
  readonly #gapMs: number;
  readonly #changed: () => void;
  readonly #spans: { fromMs: number; toMs: number }[] = [];
  #reasons = 0;
  #begunMs = -Infinity;

  /** `changed` is called whenever it begins or ends. */
  constructor(gapMs = 0, changed: () => void = () => undefined) {
    this.#gapMs = gapMs;
    this.#changed = changed;
  }

  get isOpen(): boolean {
    return this.#reasons > 0;
  }

  /** Since when it lasts; null while nothing is wrong. */
  get sinceMs(): number | null {
    return this.isOpen ? (this.#spans.at(-1)?.fromMs ?? null) : null;
  }

  /** Since when it lasts without the shortest pause; null while nothing is wrong. */
  get withoutPauseMs(): number | null {
    return this.isOpen ? this.#begunMs : null;
  }

  /** When it ended last: Infinity while it lasts, -Infinity where there was none. */
  get endMs(): number {
    return this.#spans.at(-1)?.toMs ?? -Infinity;
  }

  /** All of it, oldest first. */
  get spans(): readonly Span[] {
    return this.#spans;
  }

  begin(nowMs: number): void {
    this.#reasons += 1;
    if (this.#reasons > 1) return;
    this.#changed();
    this.#begunMs = nowMs;
    const last = this.#spans.at(-1);
    if (last !== undefined && nowMs - last.toMs <= this.#gapMs) last.toMs = Infinity;
    else this.#spans.push({ fromMs: nowMs, toMs: Infinity });
  }

  end(nowMs: number): void {
    if (this.#reasons === 0) return;
    this.#reasons -= 1;
    this.#changed();
    // One reason less may be enough for something to get through.
    this.#begunMs = nowMs;
    const last = this.#spans.at(-1);
    if (this.#reasons === 0 && last !== undefined) last.toMs = nowMs;
  }

  /** Ends all reasons at once. */
  clear(nowMs: number): void {
    while (this.isOpen) this.end(nowMs);
  }

  /** It began and ended in one moment. */
  moment(nowMs: number): void {
    this.begin(nowMs);
    this.end(nowMs);
  }

  /** True where some of it, not counting the first `graceMs` of each stretch, lay in this time. */
  touched(fromMs: number, toMs: number, graceMs = 0): boolean {
    return this.#spans.some((span) => {
      const lasted = Math.min(span.toMs, toMs) - span.fromMs;
      return span.toMs >= fromMs && span.fromMs <= toMs && lasted >= graceMs;
    });
  }
}
