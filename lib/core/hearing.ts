import { silenceMs } from "./options.ts";

/** Until the registrar tells how often it gives a sign of life. */
const PULSE_INTERVAL_MS = 1000;

/** When one registrar was heard, and until when silence is no sign. */
export class Hearing {
  /** Not heard from, or its connection is lost. */
  isStale = true;
  /** How often it gives a sign of life. */
  intervalMs = PULSE_INTERVAL_MS;
  /** When it was heard last with all its lists live. */
  liveMs = -Infinity;
  /** When it became stale last. */
  #lostMs = -Infinity;
  #atMs = 0;
  /** Silence is counted from here: the last message, or our last attempt to connect. */
  #quietSinceMs = 0;
  #wasPostponed = false;

  /** When a message was read last. */
  get atMs(): number {
    return this.#atMs;
  }

  get silentAtMs(): number {
    return this.#quietSinceMs + silenceMs(this.intervalMs, this.intervalMs);
  }

  /**
   * What it did at that time it did as a live one, after the other had been live last; and it was live
   * when the other was not.
   */
  overrules(other: Hearing, atMs: number): boolean {
    if (this.liveMs < other.#lostMs) return false;
    return other.liveMs <= atMs && atMs <= this.liveMs;
  }

  heard(nowMs: number): void {
    this.#atMs = nowMs;
    this.listen(nowMs);
  }

  listen(nowMs: number): void {
    this.#quietSinceMs = nowMs;
    this.#wasPostponed = false;
  }

  /** Moves the deadline by the time our own event loop stood still: once, until we hear again. */
  postpone(byMs: number): void {
    if (!this.#wasPostponed) this.#quietSinceMs += byMs;
    this.#wasPostponed = true;
  }

  /** False where it was stale before. */
  lost(nowMs: number): boolean {
    if (this.isStale) return false;
    this.isStale = true;
    this.#lostMs = nowMs;
    return true;
  }
}
