import type { Peer } from "../../core/peer.ts";
import type { Seat } from "../seat.ts";

/** One way to choose among seats. */
export interface Strategy {
  /**
   * Those that may be picked have changed, or their weights; sorted by id, never empty. `pending` is
   * the work of each slot, in which `take` counts.
   */
  readonly seat: (seats: readonly Seat[], pending: Int32Array) => void;
  /**
   * The slot of the next one, for which it has counted one more piece of work: a single call of
   * a plain function, because a pick costs little more than its calls. Only those strategies heed
   * `avoid` that would choose the same one again.
   */
  readonly take: (key: string | undefined, avoid?: (peer: Peer) => boolean) => number;
  /** The pending work of one of its seats was changed by somebody else, by so much, or its latency was. */
  readonly changed?: (seat: Seat, by: number) => void;
}

/** The seat in a slot that is known to exist. */
export function seatAt(seats: readonly Seat[], slot: number): Seat {
  const seat = seats[slot];
  if (seat === undefined) throw new RangeError(`no seat ${slot} of ${seats.length}`);
  return seat;
}

/**
 * `one` where `isOne` is negative, else `two`: without a branch, which the processor would guess
 * wrongly half of the time.
 */
export function either(isOne: number, one: number, two: number): number {
  return two ^ ((one ^ two) & (isOne >> 31));
}

/** One more piece of work for a slot, which is returned. */
export function countIn(pending: Int32Array, slot: number): number {
  pending[slot] = (pending[slot] ?? 0) + 1;
  return slot;
}
