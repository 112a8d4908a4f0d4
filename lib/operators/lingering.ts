import type { Peer } from "../core/peer.ts";
import { byName } from "./keys.ts";

/** One that is not listed any more but may come back. */
interface Lingerer {
  /** As it was listed last, as a suspect. */
  readonly peer: Peer;
  /** The input in which it went, and how long that kind of departure waits. */
  readonly mark: number;
  readonly afterMs: number;
}

/** How long whom of a list that has changed is waited for. */
export interface Wait {
  readonly mark: number;
  readonly afterMs: number;
}

/**
 * Who is out of a list but not given up yet. Time is the caller's: it marks each input with a
 * number and says later that a wait which began with it is over.
 */
export class Lingering {
  #listed: ReadonlyMap<string, Peer> = new Map();
  readonly #lingerers = new Map<string, Lingerer>();

  /** Those who are waited for. */
  get peers(): readonly Peer[] {
    return [...this.#lingerers.values()].map(({ peer }) => peer);
  }

  /**
   * Takes in a list. `waitOf` says how long one that is missing is waited for; 0 is not at all.
   * Whoever is listed under a name, be it another run, ends the waiting for that name.
   */
  take(peers: readonly Peer[], mark: number, waitOf: (peer: Peer) => number): readonly Wait[] {
    const now = byName(peers);
    for (const name of now.keys()) this.#lingerers.delete(name);
    const begun = new Set<number>();
    for (const [name, peer] of this.#listed) {
      if (now.has(name)) continue;
      const afterMs = waitOf(peer);
      if (afterMs === 0) continue;
      this.#lingerers.set(name, { peer: { ...peer, standing: "suspect" }, mark, afterMs });
      begun.add(afterMs);
    }
    this.#listed = now;
    return [...begun].map((afterMs) => ({ mark, afterMs }));
  }

  /** A wait is over. True where that changes who is waited for. */
  end({ mark, afterMs }: Wait): boolean {
    const before = this.#lingerers.size;
    for (const [name, lingerer] of this.#lingerers) {
      if (lingerer.mark === mark && lingerer.afterMs === afterMs) this.#lingerers.delete(name);
    }
    return this.#lingerers.size !== before;
  }
}
