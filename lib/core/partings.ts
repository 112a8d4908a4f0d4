import type { Left } from "./messages.ts";

/**
 * Milliseconds from the publication of a goodbye to its confirmation. Whoever closes is in no hurry,
 * and what it does then takes the processor from those of the same machine who are to stop using it.
 */
const CONFIRM_AFTER_MS = 2;

interface Parting {
  readonly message: Left;
  readonly dueMs: number;
}

/** Goodbyes that are published and will be confirmed, by connection and in the order of publication. */
export class Partings {
  readonly #open = new Map<string, Parting>();

  add(route: string, message: Left, nowMs: number): void {
    this.#open.delete(route);
    this.#open.set(route, { message, dueMs: nowMs + CONFIRM_AFTER_MS });
  }

  /** The connection closed: nobody waits any more. */
  closed(route: string): void {
    this.#open.delete(route);
  }

  /** Those to be confirmed now; each is handed out once. */
  *due(nowMs: number): Iterable<{ readonly route: string; readonly message: Left }> {
    for (const [route, { message, dueMs }] of this.#open) {
      if (nowMs < dueMs) return;
      this.#open.delete(route);
      yield { route, message };
    }
  }

  nextMs(): number {
    for (const { dueMs } of this.#open.values()) return dueMs;
    return Infinity;
  }
}
