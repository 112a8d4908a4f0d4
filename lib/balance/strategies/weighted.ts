import type { Seat } from "../seat.ts";
import { smoothOrder } from "./smooth.ts";
import { seatAt, type Strategy } from "./strategy.ts";

/**
 * Weighted round robin in a smooth order that is computed when the list changes, so O(1) per pick.
 * Each time it starts anywhere in its period, so that many changes favour nobody.
 */
export class WeightedStrategy implements Strategy {
  readonly #random: () => number;
  #seats: readonly Seat[] = [];
  #order: Uint32Array = new Uint32Array(0);
  #at = -1;

  constructor(random: () => number) {
    this.#random = random;
  }

  readonly seat = (seats: readonly Seat[]): void => {
    this.#seats = seats;
    this.#order = smoothOrder(seats.map(({ peer }) => peer.weight));
    this.#at = Math.floor(this.#random() * this.#order.length) - 1;
  };

  readonly take = (): Seat => {
    this.#at = this.#at + 1 < this.#order.length ? this.#at + 1 : 0;
    const seat = seatAt(this.#seats, this.#order[this.#at] ?? 0);
    seat.pending += 1;
    return seat;
  };
}
