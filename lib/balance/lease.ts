import type { Peer } from "../core/peer.ts";
import type { Outcome, Seat } from "./seat.ts";
import type { Turn } from "./turn-clock.ts";

/**
 * One peer, picked for one piece of work. Whoever picked has to call `done`: until then the work
 * counts as pending there. As `using lease = balancer.pick()` it ends as `cancelled` unless it was
 * done before.
 */
export class Lease implements Disposable {
  readonly #seat: Seat;
  /** When it was picked; null once it is done. Two references, and no number that has to be boxed. */
  #picked: Turn | null;

  constructor(seat: Seat, picked: Turn) {
    this.#seat = seat;
    this.#picked = picked;
  }

  /** Whom the work is for. */
  get peer(): Peer {
    return this.#seat.peer;
  }

  /** Reports how it ended; the latency is the time since the pick. Later calls do nothing. */
  done(outcome: Outcome = "ok"): void {
    const picked = this.#picked;
    if (picked === null) return;
    this.#picked = null;
    this.#seat.settler.settle(this.#seat, outcome, picked.ms);
  }

  [Symbol.dispose](): void {
    this.done("cancelled");
  }
}
