import type { Seat } from "../seat.ts";
import { either, seatAt, type Strategy } from "./strategy.ts";

/** The likelihood 1 in the table: the largest number whose differences are 32-bit integers. */
const CERTAIN = 0x7fff_ffff;

/**
 * Each as likely as its weight says. O(1) by an alias table, built in O(n) when the list changes:
 * M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", 1991.
 */
export class WeightedRandomStrategy implements Strategy {
  readonly #random: () => number;
  #seats: readonly Seat[] = [];
  /** Of each slot, the likelihood that it is itself and not its alias. */
  #own = new Int32Array(0);
  #alias = new Uint32Array(0);

  constructor(random: () => number) {
    this.#random = random;
  }

  readonly seat = (seats: readonly Seat[]): void => {
    this.#seats = seats;
    const total = seats.reduce((sum, { peer }) => sum + peer.weight, 0);
    // Nobody has a weight where only those are left that take no work otherwise.
    const shares = seats.map(({ peer }) =>
      total === 0 ? 1 : (peer.weight * seats.length) / total,
    );
    this.#own = new Int32Array(seats.length).fill(CERTAIN);
    this.#alias = Uint32Array.from(seats, (_, slot) => slot);
    const low = [...shares.keys()].filter((slot) => (shares[slot] ?? 0) < 1);
    const high = [...shares.keys()].filter((slot) => (shares[slot] ?? 0) >= 1);
    for (let small = low.pop(); small !== undefined; small = low.pop()) {
      const big = high.at(-1);
      if (big === undefined) return;
      const share = shares[small] ?? 0;
      this.#own[small] = Math.floor(share * CERTAIN);
      this.#alias[small] = big;
      const left = (shares[big] ?? 0) - (1 - share);
      shares[big] = left;
      if (left < 1) low.push(high.pop() ?? big);
    }
  };

  readonly take = (): Seat => {
    const drawn = this.#random() * this.#seats.length;
    const slot = drawn | 0;
    const luck = (((drawn - slot) * CERTAIN) | 0) - (this.#own[slot] ?? 0);
    const seat = seatAt(this.#seats, either(luck, slot, this.#alias[slot] ?? 0));
    seat.pending += 1;
    return seat;
  };
}
