import { xorshift, type Die } from "../random.ts";
import type { Seat } from "../seat.ts";
import { countIn, either, type Strategy } from "./strategy.ts";

/** Added to each latency, in ms, so that pending work counts where none was measured yet. */
const LATENCY_FLOOR_MS = 0.05;

const INT32_MAX = 0x7fff_ffff;

/**
 * The cheaper of two, one whose turn it is and one drawn at random ("the power of two choices"); the
 * cost is the moving average of the latency times the work that would be pending, divided by the
 * weight: Finagle's Peak EWMA. O(1). Equal costs make it take turns.
 */
export class PeakEwmaStrategy implements Strategy {
  readonly #die: Die;
  #count = 0;
  #state = 1;
  /** The slot whose turn it was. */
  #at = 0;
  #pending: Int32Array = new Int32Array(0);
  /** Of each slot, the cost with what is pending. */
  #costs = new Float32Array(0);
  /** Of each slot, what one more piece of work costs. */
  #units = new Float32Array(0);
  /** The bits of the costs: as integers they have the same order, for none is negative. */
  #bits = new Int32Array(0);

  constructor(die: Die) {
    this.#die = die;
  }

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    this.#pending = pending;
    this.#count = seats.length;
    this.#at = this.#die(seats.length);
    this.#state = 1 + this.#die(INT32_MAX);
    this.#costs = new Float32Array(seats.length);
    this.#units = new Float32Array(seats.length);
    this.#bits = new Int32Array(this.#costs.buffer);
    for (const seat of seats) this.changed(seat);
  };

  readonly take = (): number => {
    const count = this.#count;
    const one = this.#at + 1 < count ? this.#at + 1 : 0;
    const two = this.#anyone(count);
    this.#at = one;
    const bits = this.#bits;
    const slot = either((bits[two] ?? 0) - (bits[one] ?? 0), two, one);
    const costs = this.#costs;
    costs[slot] = (costs[slot] ?? 0) + (this.#units[slot] ?? 0);
    return countIn(this.#pending, slot);
  };

  /**
   * The upper half of a number, without a fraction: a choice between two need not be fair
   * to one in thousands. Of more than 65,536 slots the first so many; all have their turn anyway.
   */
  #anyone(count: number): number {
    const next = xorshift(this.#state);
    this.#state = next;
    return Math.imul(next >>> 16, count) >>> 16;
  }

  readonly changed = ({ slot, latencyMs, peer }: Seat): void => {
    // Of weight 0 are all or none.
    const unit = (latencyMs + LATENCY_FLOOR_MS) / (peer.weight || 1);
    this.#costs[slot] = unit * ((this.#pending[slot] ?? 0) + 1);
    this.#units[slot] = unit;
  };
}
