import { comparePeers } from "../../core/changes.ts";
import type { Die } from "../random.ts";
import type { Seat } from "../seat.ts";
import type { Strategy } from "./strategy.ts";

/** Everybody is equally likely, weights aside. O(1). */
export class RandomStrategy implements Strategy {
  readonly #die: Die;
  #count = 0;

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[]): void => {
    this.#count = seats.length;
  };

  readonly take = (): number => this.#die(this.#count);
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

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[]): void => {
    const last = this.#seats[this.#at];
    if (last === undefined) this.#at = this.#die(seats.length) - 1;
    else this.#at = seats.findLastIndex(({ peer }) => comparePeers(peer, last.peer) <= 0);
    this.#seats = seats;
  };

  readonly take = (): number => {
    this.#at = this.#at + 1 < this.#seats.length ? this.#at + 1 : 0;
    return this.#at;
  };
}
