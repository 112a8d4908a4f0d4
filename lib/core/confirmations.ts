import type { Left } from "./messages.ts";

/**
 * Milliseconds from the publication of a goodbye to its confirmation. Whoever closes is in no hurry,
 * and what it does then takes the processor from those of the same machine who are to stop using it.
 */
const CONFIRM_AFTER_MS = 2;

/** To be told so, on the connection it came on. */
interface Confirmation {
  readonly route: string;
  readonly message: Left;
}

/** Goodbyes that are published and will be confirmed, in the order of their publication. */
export class Confirmations {
  #open: (Confirmation & { readonly dueMs: number })[] = [];

  add(route: string, message: Left, nowMs: number): void {
    this.#open.push({ route, message, dueMs: nowMs + CONFIRM_AFTER_MS });
  }

  /** The connection closed: nobody waits any more. */
  closed(route: string): void {
    if (this.#open.length > 0) this.#open = this.#open.filter((one) => one.route !== route);
  }

  /** Those to be sent now; each is handed out once. */
  due(nowMs: number): readonly Confirmation[] {
    const later = this.#open.findIndex(({ dueMs }) => nowMs < dueMs);
    return this.#open.splice(0, later < 0 ? this.#open.length : later);
  }

  nextMs(): number {
    return this.#open[0]?.dueMs ?? Infinity;
  }
}
