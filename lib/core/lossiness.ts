import { patienceOf } from "./options.ts";
import type { RegistrarTuning } from "./options.ts";

/** A late answer is remembered for so many survey intervals. */
const INTERVALS = 100;
/** One member in so many has to have been late, and one at least. */
const MEMBERS_EACH = 100;
/** Of the intervals that are remembered somebody answered late in so many: it is no single incident. */
const STEADY_INTERVALS = 10;
/** Of more than a million members nobody asks more. */
const LATE_MAX = 16_384;

/**
 * Whether the path to the members loses packets. TCP sends what was lost again after 0.2, 0.4, 0.8
 * seconds and so on, so an answer then comes late though its sender did not stand still: that it says
 * itself. Three questions are not enough on such a path (saw, with 5 % lost each way: 2 to 7 of 100
 * members suspect for a moment within ten minutes), so more are asked for as long as it is one, and
 * twice as many while it goes on: with five tries lost in a row there is nothing for 3 s.
 */
export class Lossiness {
  readonly #tuning: RegistrarTuning;
  /** Connections that answered late, and when they did last; the longest ago first. */
  readonly #late = new Map<string, number>();
  /** Intervals in which somebody answered late, and when that was last; the longest ago first. */
  readonly #intervals = new Map<number, number>();
  #isLossy = false;
  #isSteady = false;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  get isLossy(): boolean {
    return this.#isLossy;
  }

  /** Connections that answered late, of those that are remembered. */
  get late(): number {
    return this.#late.size;
  }

  /** Questions in a row that a member may leave unanswered now. */
  get missedMax(): number {
    if (!this.#isLossy) return this.#tuning.missedMax;
    return patienceOf(this.#tuning, this.#isSteady ? "steady loss" : "loss");
  }

  /** Somebody answered late, and had stood still itself for so long. */
  note(route: string, stalledMs: number, nowMs: number): void {
    if (stalledMs >= this.#tuning.probeIntervalMs) return;
    this.#late.delete(route);
    this.#late.set(route, nowMs);
    this.#intervals.set(Math.floor(nowMs / this.#tuning.surveyIntervalMs), nowMs);
    if (this.#late.size <= LATE_MAX) return;
    const [first] = this.#late.keys();
    if (first !== undefined) this.#late.delete(first);
  }

  /** True where it became lossy, or is not any more, and that changes something. */
  advance(members: number, nowMs: number): boolean {
    this.#forget(this.#late, nowMs);
    this.#forget(this.#intervals, nowMs);
    // Half of what begins it goes on with it, so that it does not come and go with each of them.
    const least = Math.max(1, members / MEMBERS_EACH) / (this.#isLossy ? 2 : 1);
    const before = this.missedMax;
    this.#isLossy = this.#late.size >= least;
    this.#isSteady = this.#intervals.size >= STEADY_INTERVALS / (this.#isSteady ? 2 : 1);
    return this.missedMax !== before;
  }

  /** When the first of them is forgotten. */
  nextMs(): number {
    const [late = Infinity] = this.#late.values();
    const [interval = Infinity] = this.#intervals.values();
    return Math.min(late, interval) + this.#rememberMs;
  }

  #forget<K>(remembered: Map<K, number>, nowMs: number): void {
    for (const [key, atMs] of remembered) {
      // By the arithmetic of `nextMs`, or a fraction of a millisecond makes the clock spin.
      if (atMs + this.#rememberMs > nowMs) break;
      remembered.delete(key);
    }
  }

  get #rememberMs(): number {
    return INTERVALS * this.#tuning.surveyIntervalMs;
  }
}
