import { comparePeers } from "../../core/changes.ts";
import type { Die } from "../random.ts";
import type { Seat } from "../seat.ts";
import { countIn, type Strategy } from "./strategy.ts";

/** Everybody is equally likely, weights aside. O(1). */
export class RandomStrategy implements Strategy {
  readonly #die: Die;
  #count = 0;
  #pending: Int32Array = new Int32Array(0);

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    this.#pending = pending;
    this.#count = seats.length;
  };

  readonly take = (): number => countIn(this.#pending, this.#die(this.#count));
}

/**
 * One after the other in the order of their ids, weights aside. Starts anywhere, so that many
 * balancers that start at once do not all begin with the same peer; goes on where it was when the
 * list changes. O(1).
 */
export class RoundRobinStrategy implements Strategy {
  readonly #die: Die;
  #seats: readonly Seat[] = [];
  #at = -1;
  #pending: Int32Array = new Int32Array(0);

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    this.#pending = pending;
    const last = this.#seats[this.#at];
    if (last === undefined) this.#at = this.#die(seats.length) - 1;
    else this.#at = seats.findLastIndex(({ peer }) => comparePeers(peer, last.peer) <= 0);
    this.#seats = seats;
  };

  readonly take = (): number => {
    this.#at = this.#at + 1 < this.#seats.length ? this.#at + 1 : 0;
    return countIn(this.#pending, this.#at);
  };
}
