import { BehaviorSubject } from "rxjs";
import type { Peer } from "../../lib/core/peer.ts";
import { balancer } from "../../lib/balance/index.ts";
import type { Balancer, BalancerOptions } from "../../lib/balance/index.ts";

/** A moment in the sample's time, in milliseconds since 1970. */
export const START_MS = 1_800_000_000_000;

/** A peer that joined long ago. */
export function peerOf(id: string, more: Partial<Peer> = {}): Peer {
  return {
    id,
    instance: `run-1-of-${id}`,
    service: "orders",
    endpoints: [{ protocol: "tcp", host: "10.0.0.1", port: 8080, scope: "private" }],
    address: "10.0.0.1",
    port: 8080,
    weight: 1,
    tags: [],
    metadata: {},
    status: "passing",
    standing: "alive",
    joinedAt: START_MS - 86_400_000,
    ...more,
  };
}

/** Peers with these weights, named a, b, c and so on. */
export function weighing(...weights: readonly number[]): readonly Peer[] {
  return weights.map((weight, at) => peerOf(String.fromCharCode(97 + at), { weight }));
}

/** So many peers of weight 1, named p000 and on. */
export function many(count: number): readonly Peer[] {
  return Array.from({ length: count }, (_, at) => peerOf(`p${String(at).padStart(3, "0")}`));
}

/** A balancer with a list and a clock that a test moves, and numbers that are the same in each run. */
export class Scene {
  readonly peers$: BehaviorSubject<readonly Peer[]>;
  readonly balancer: Balancer;
  nowMs = START_MS;

  constructor(peers: readonly Peer[], options: BalancerOptions = {}) {
    this.peers$ = new BehaviorSubject(peers);
    this.balancer = balancer(this.peers$, {
      nowMs: () => this.nowMs,
      random: seeded(1),
      ...options,
    });
  }

  /** The ids of so many picks, each done at once. */
  picks(count: number, key?: string): readonly string[] {
    return Array.from({ length: count }, () => {
      const lease = this.balancer.pick(key);
      lease.done("cancelled");
      return lease.peer.id;
    });
  }

  /** Gives work to this peer, whatever the strategy would choose, and lets it end. */
  work(id: string, outcome: "ok" | "failed" | "unreachable", takesMs = 0): void {
    const lease = this.balancer.pick(id, (peer) => peer.id !== id);
    this.nowMs += takesMs;
    lease.done(outcome);
  }

  /** The ids of those that are ejected now. */
  get ejected(): readonly string[] {
    return this.balancer
      .report()
      .filter(({ isEjected }) => isEjected)
      .map(({ peer }) => peer.id);
  }
}

/** How often each was chosen, by id. */
export function tally(ids: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** Numbers in [0, 1) that are the same for the same seed (Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Pearson's statistic of counts against the shares that were expected. */
export function chiSquared(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  return shares.reduce((sum, share, at) => {
    const expected = (total * share) / whole;
    return sum + ((counts[at] ?? 0) - expected) ** 2 / expected;
  }, 0);
}

/**
 * What the statistic exceeds once in a thousand times by chance, with so many degrees of freedom, by
 * the approximation of E. B. Wilson and M. M. Hilferty (1931); a table says 16.27 for 3 and 148.2 for 99.
 */
export function criticalOf(freedom: number): number {
  const normal = 3.0902;
  const ninth = 2 / (9 * freedom);
  return freedom * (1 - ninth + normal * Math.sqrt(ninth)) ** 3;
}
