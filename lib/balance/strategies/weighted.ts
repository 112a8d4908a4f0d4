import type { Die } from "../random.ts";
import type { Seat } from "../seat.ts";
import { smoothOrder } from "./smooth.ts";
import { countIn, type Strategy } from "./strategy.ts";

/**
 * Weighted round robin in a smooth order that is computed when the list changes, so O(1) per pick.
 * Each time it starts anywhere in its period, so that many changes favour nobody.
 */
export class WeightedStrategy implements Strategy {
  readonly #die: Die;
  #order: Uint32Array = new Uint32Array(0);
  #pending: Int32Array = new Int32Array(0);
  #at = -1;

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    this.#pending = pending;
    this.#order = smoothOrder(seats.map(({ peer }) => peer.weight));
    this.#at = this.#die(this.#order.length) - 1;
  };

  readonly take = (): number => {
    this.#at = this.#at + 1 < this.#order.length ? this.#at + 1 : 0;
    return countIn(this.#pending, this.#order[this.#at] ?? 0);
  };
}
