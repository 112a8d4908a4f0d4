import { learningMs, TICK_MS } from "./options.ts";
import type { RegistrarTuning } from "./options.ts";
import type { Authority } from "./messages.ts";

/**
 * How far the registrar trusts its own list. After a start or a stall it is `learning`: joins show
 * at once, removals wait until every member has had time to come back and to be asked. Each
 * return extends the time by one interval and answer window, up to `learningMaxMs`.
 */
export class Trust {
  readonly #tuning: RegistrarTuning;
  #untilMs = -Infinity;
  #ceilingMs = -Infinity;
  /** The end before which those who are silent were called, and when. */
  #calledForMs = -Infinity;
  #calledMs = -Infinity;
  #wasPostponed = false;
  #isLearning = false;
  #isHolding = false;
  #stalled = false;
  #hasLearned = false;

  constructor(tuning: RegistrarTuning) {
    this.#tuning = tuning;
  }

  get authority(): Authority {
    if (this.#isLearning) return "learning";
    return this.#isHolding ? "held" : "live";
  }

  get isLearning(): boolean {
    return this.#isLearning;
  }

  /** It has learned since it started: whoever knew the run before has had the time to come. */
  get hasLearned(): boolean {
    return this.#hasLearned;
  }

  /** Removals are held, or no longer. True where that is news. */
  hold(isHolding: boolean): boolean {
    const isNew = this.#isHolding !== isHolding;
    this.#isHolding = isHolding;
    return isNew;
  }

  /**
   * True where nobody may be suspected: after our own stall that is everyone, after our start
   * those who come back from a registrar before us. The others are judged as ever.
   */
  spares(returning: boolean): boolean {
    return this.isLearning && (this.#stalled || returning);
  }

  /**
   * Starts to learn, or starts over. `awayMs` is how long the registrar stood still: long enough for
   * clients to give up their connections, and all of it begins anew; shorter stalls share one
   * ceiling, so that one after the other cannot put off judgement for ever.
   */
  learn(nowMs: number, reason: "start" | "stall", awayMs = 0): void {
    const isFresh = !this.isLearning || awayMs > this.#quietMs;
    this.#stalled = reason === "stall";
    this.#ceilingMs = isFresh ? nowMs + this.#tuning.learningMaxMs : this.#ceilingMs + awayMs;
    this.#isLearning = true;
    this.#untilMs = Math.min(this.#ceilingMs, nowMs + learningMs(this.#tuning));
  }

  /** Somebody came back, so others may still be on their way. */
  returned(nowMs: number): void {
    if (!this.isLearning) return;
    this.#untilMs = Math.min(this.#ceilingMs, Math.max(this.#untilMs, nowMs + this.#quietMs));
  }

  /** Within this time every member that is there has been asked and has answered. */
  get #quietMs(): number {
    return this.#tuning.surveyIntervalMs + this.#tuning.answerWindowMs;
  }

  /** True once, at the moment learning ends. */
  due(nowMs: number): boolean {
    if (!this.isLearning || nowMs < this.#endMs) return false;
    this.#isLearning = false;
    this.#hasLearned = true;
    return true;
  }

  /** True once before learning ends, while there is time for those who are silent to answer. */
  calls(nowMs: number): boolean {
    if (!this.isLearning || nowMs < this.#callMs) return false;
    this.#calledForMs = this.#untilMs;
    return true;
  }

  /** Somebody was called now, and has the time to answer. */
  called(nowMs: number): void {
    this.#calledMs = nowMs;
    this.#wasPostponed = false;
  }

  /** Our own clock was late: the answers to the call may lie unread. Once for each call. */
  postpone(byMs: number): void {
    if (!this.#wasPostponed) this.#calledMs += byMs;
    this.#wasPostponed = true;
  }

  nextMs(): number {
    return this.isLearning ? Math.min(this.#callMs, this.#endMs) : Infinity;
  }

  /** However late the call was, there is time to answer it. */
  get #endMs(): number {
    return Math.max(this.#untilMs, this.#calledMs + this.#tuning.answerWindowMs);
  }

  get #callMs(): number {
    if (this.#calledForMs === this.#untilMs) return Infinity;
    return this.#untilMs - this.#tuning.answerWindowMs - TICK_MS;
  }
}
