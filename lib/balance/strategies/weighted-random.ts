import type { Die } from "../random.ts";
import type { Seat } from "../seat.ts";
import { smoothOrder } from "./smooth.ts";
import { countIn, type Strategy } from "./strategy.ts";

/**
 * Each as likely as its weight says: anyone in an order in which each has as many turns as its
 * weight. O(1), and one look into memory less than an alias table takes.
 */
export class WeightedRandomStrategy implements Strategy {
  readonly #die: Die;
  #order: Uint32Array = new Uint32Array(0);
  #pending: Int32Array = new Int32Array(0);

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    this.#pending = pending;
    this.#order = smoothOrder(seats.map(({ peer }) => peer.weight));
  };

  readonly take = (): number => {
    const order = this.#order;
    return countIn(this.#pending, order[this.#die(order.length)] ?? 0);
  };
}
