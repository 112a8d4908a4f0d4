import type { Seat } from "../seat.ts";
import { seatAt, type Strategy } from "./strategy.ts";

const NONE = -1;

/**
 * The one with the least work pending, weights aside; among equals the one that waited longest.
 * Slots stand in one queue for each count of pending work. The queues are linked in arrays, so that a
 * slot can leave its queue from anywhere: O(1) for each pick and each end of work.
 */
export class LeastPendingStrategy implements Strategy {
  #seats: readonly Seat[] = [];
  /** First and last slot of the queue for each count. */
  #heads: number[] = [];
  #tails: number[] = [];
  /** Of each slot, its work, which says in whose queue it stands, and its neighbours there. */
  #pending: Int32Array = new Int32Array(0);
  #before = new Int32Array(0);
  #after = new Int32Array(0);
  /** The lowest count whose queue is not empty. */
  #least = 0;

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    // Those who stay keep their order: a change of the list must not favour those who come first.
    const waiting = this.#inOrder().filter((seat) => seats[seat.slot] === seat);
    const known = new Set(waiting);
    this.#seats = seats;
    [this.#heads, this.#tails] = [[], []];
    this.#pending = pending;
    this.#before = new Int32Array(seats.length);
    this.#after = new Int32Array(seats.length);
    this.#least = Infinity;
    for (const seat of [...waiting, ...seats.filter((one) => !known.has(one))]) {
      this.#append(seat.slot, pending[seat.slot] ?? 0);
    }
  };

  readonly take = (): number => {
    const least = this.#least;
    const slot = this.#heads[least] ?? NONE;
    // From the head of its queue to the tail of the next, which is `changed` with nothing to find out.
    const next = this.#after[slot] ?? NONE;
    const pending = least + 1;
    this.#pending[slot] = pending;
    if (next === NONE) {
      this.#tails[least] = NONE;
      this.#least = pending;
    }
    this.#heads[least] = next;
    this.#append(slot, pending);
    return slot;
  };

  readonly changed = ({ slot }: Seat, by: number): void => {
    if (by === 0) return;
    const pending = this.#pending[slot] ?? 0;
    this.#remove(slot, pending - by);
    this.#append(slot, pending);
    while ((this.#heads[this.#least] ?? NONE) === NONE) this.#least += 1;
  };

  #append(slot: number, pending: number): void {
    const tails = this.#tails;
    while (tails.length <= pending) {
      this.#heads.push(NONE);
      tails.push(NONE);
    }
    const tail = tails[pending] ?? NONE;
    const after = this.#after;
    tails[pending] = slot;
    after[slot] = NONE;
    if (tail === NONE) {
      this.#heads[pending] = slot;
      if (pending < this.#least) this.#least = pending;
    } else {
      this.#before[slot] = tail;
      after[tail] = slot;
    }
  }

  #remove(slot: number, count: number): void {
    // What a head had before it once is out of date.
    const before = this.#heads[count] === slot ? NONE : (this.#before[slot] ?? NONE);
    const after = this.#after[slot] ?? NONE;
    if (before === NONE) this.#heads[count] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#tails[count] = before;
    else this.#before[after] = before;
  }

  /** All seats as they would be picked. */
  #inOrder(): readonly Seat[] {
    const found: Seat[] = [];
    for (const head of this.#heads) {
      for (let at = head; at !== NONE; at = this.#after[at] ?? NONE) {
        found.push(seatAt(this.#seats, at));
      }
    }
    return found;
  }
}
