import { RollcallError } from "../../core/errors.ts";
import type { Peer } from "../../core/peer.ts";
import { finish, murmur3 } from "../../operators/murmur3.ts";
import type { Seat } from "../seat.ts";
import { countIn, seatAt, type Strategy } from "./strategy.ts";

const UINT32 = 0x1_0000_0000;

/**
 * The same peer for the same key: rendezvous hashing (Thaler and Ravishankar, 1996) over the ids. When
 * a peer goes only its keys move, each to the next in the order of that key, and they come back with
 * it. Weights count as in "weighted rendezvous": the highest of -weight / ln(hash). O(peers) per pick.
 */
export class RendezvousStrategy implements Strategy {
  #seats: readonly Seat[] = [];
  #hashes = new Uint32Array(0);
  #pending: Int32Array = new Int32Array(0);
  /** The different weights, and which of them each slot has. */
  #weights: readonly number[] = [];
  #classes = new Uint32Array(0);

  readonly seat = (seats: readonly Seat[], pending: Int32Array): void => {
    this.#pending = pending;
    this.#seats = seats;
    // By id alone, so that a restart under the same id keeps its keys.
    this.#hashes = Uint32Array.from(seats, ({ peer }) => murmur3(peer.id, 0));
    this.#weights = [...new Set(seats.map(({ peer }) => peer.weight))];
    this.#classes = Uint32Array.from(seats, ({ peer }) => this.#weights.indexOf(peer.weight));
  };

  readonly take = (key: string | undefined, avoid?: (peer: Peer) => boolean): number => {
    if (key === undefined) throw new RollcallError("ERR_OPTION", "strategy hash needs pick(key)");
    const highest = this.#highest(murmur3(key, 0), avoid);
    let best = 0;
    let bestScore = -Infinity;
    for (const [at, weight] of this.#weights.entries()) {
      const { slot, hash } = highest[at] ?? NOBODY;
      if (slot < 0) continue;
      const score = -(weight || 1) / Math.log((hash + 1) / (UINT32 + 1));
      if (score <= bestScore) continue;
      best = slot;
      bestScore = score;
    }
    return countIn(this.#pending, best);
  };

  /** Of each weight, who has the highest hash: among equal weights the score need not be computed. */
  #highest(key: number, avoid: ((peer: Peer) => boolean) | undefined): readonly Candidate[] {
    const found = this.#weights.map((): Candidate => ({ slot: -1, hash: -1 }));
    for (let slot = 0; slot < this.#seats.length; slot += 1) {
      const hash = finish(key ^ (this.#hashes[slot] ?? 0));
      const candidate = found[this.#classes[slot] ?? 0];
      if (candidate === undefined || hash <= candidate.hash) continue;
      if (avoid?.(seatAt(this.#seats, slot).peer) === true) continue;
      candidate.slot = slot;
      candidate.hash = hash;
    }
    return found;
  }
}

interface Candidate {
  slot: number;
  hash: number;
}

const NOBODY: Candidate = { slot: -1, hash: -1 };
