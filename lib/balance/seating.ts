import { runKey } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";
import { isEjected } from "./ejection.ts";
import { rampLeftMs } from "./slow-start.ts";
import { Seat } from "./seat.ts";
import type { Settler } from "./seat.ts";

/** The two times of a moment: of the machine, and since 1970. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

/**
 * The seats of the peers listed. What was learned of a peer stays with its seat through every change
 * of the list; another run of it has another seat.
 */
export class Seating {
  readonly #settler: Settler;
  readonly #slowStartMs: number;
  #byKey = new Map<string, Seat>();
  #all: readonly Seat[] = [];

  constructor(settler: Settler, slowStartMs: number) {
    this.#settler = settler;
    this.#slowStartMs = slowStartMs;
  }

  /** In the order of the list. */
  get all(): readonly Seat[] {
    return this.#all;
  }

  /** Takes a new list; false where nobody came or went and no weight changed. */
  list(peers: readonly Peer[], moment: Moment): boolean {
    const byKey = new Map<string, Seat>();
    let isChanged = false;
    for (const peer of peers) {
      const known = this.#byKey.get(runKey(peer));
      isChanged ||= known === undefined || known.peer.weight !== peer.weight;
      const seat = known ?? new Seat(this.#settler, peer, this.#warmAtMs(peer, moment));
      seat.peer = peer;
      byKey.set(seat.key, seat);
    }
    isChanged ||= byKey.size !== this.#byKey.size;
    for (const [key, seat] of this.#byKey) {
      if (byKey.has(key)) continue;
      seat.isListed = false;
      seat.slot = -1;
    }
    const known = this.#all;
    this.#byKey = byKey;
    this.#all = [...byKey.values()];
    welcome(this.#all, known, moment.nowMs);
    return isChanged;
  }

  /**
   * Who may be picked: those not ejected that have a weight, else those without one. Gives each its
   * slot.
   */
  open(): readonly Seat[] {
    const admitted = this.#all.filter((seat) => !isEjected(seat));
    const weighty = admitted.filter(({ peer }) => peer.weight > 0);
    const open = weighty.length > 0 ? weighty : admitted;
    for (const seat of this.#all) seat.slot = -1;
    for (const [slot, seat] of open.entries()) seat.slot = slot;
    return open;
  }

  /** Nobody may be picked any more. */
  close(): readonly Seat[] {
    for (const seat of this.#all) seat.slot = -1;
    return [];
  }

  #warmAtMs(peer: Peer, { nowMs, wallMs }: Moment): number {
    const leftMs = rampLeftMs(wallMs - peer.joinedAt, this.#slowStartMs);
    return leftMs > 0 ? nowMs + leftMs : 0;
  }
}

/** Newcomers start with the mean latency of the others, so that they are neither flooded nor shunned. */
function welcome(seats: readonly Seat[], known: readonly Seat[], nowMs: number): void {
  const measured = known.filter((seat) => seat.observedMs > 0);
  if (measured.length === 0) return;
  const mean = measured.reduce((sum, seat) => sum + seat.latencyMs, 0) / measured.length;
  const before = new Set(known);
  for (const seat of seats) {
    if (before.has(seat)) continue;
    seat.latencyMs = mean;
    seat.observedMs = nowMs;
  }
}
