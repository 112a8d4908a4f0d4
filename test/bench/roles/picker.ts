import { of } from "rxjs";
import { balancer } from "../../../lib/balance/index.ts";
import type { Balancer, StrategyName } from "../../../lib/balance/index.ts";
import type { Peer } from "../../../lib/core/peer.ts";
import { idsOf, peerOf } from "../sample.ts";
import { serve } from "../serve.ts";

const PICKS = 500_000;
/** Hashing looks at every peer. */
const PICKS_BY_HASH = 5000;

/** What to pick among, and how. */
export interface Picking {
  readonly strategy: StrategyName;
  readonly count: number;
}

/** Microseconds for so many picks as were asked for. */
export interface PickCosts {
  readonly ours: number;
  readonly floor: number;
}

let peers: readonly Peer[] = [];
let picks = PICKS;
let handle: Balancer | undefined;

/**
 * What was chosen last: kept, so that the choice is made; but not each time, for to keep something
 * new in an old place is a cost of its own.
 */
let chosen: unknown;

/** Seconds for one random index. */
function indexCost(): number {
  const startMs = performance.now();
  let last: unknown;
  for (let n = 0; n < PICKS; n += 1) last = peers[Math.floor(Math.random() * peers.length)];
  chosen = last;
  return (performance.now() - startMs) / 1000 / PICKS;
}

/** Seconds for one pick. */
function pickCost(from: Balancer): number {
  const startMs = performance.now();
  let last: unknown;
  for (let n = 0; n < picks; n += 1) last = from.pick("key");
  chosen = last;
  if (chosen === undefined) throw new Error("nobody was picked");
  return (performance.now() - startMs) / 1000 / picks;
}

/** One balancer, alone in its process as in most applications. */
const commands = serve({
  start({ strategy, count }: Picking): void {
    peers = idsOf("p", count).map((id, at) => peerOf(id, { weight: 1 + (at % 3) }));
    picks = strategy === "hash" ? PICKS_BY_HASH : PICKS;
    handle = balancer(of(peers), { strategy });
  },
  /** What so many picks cost, and so many random indexes. */
  round(figurePicks: number): PickCosts {
    if (handle === undefined) throw new Error("not started");
    const floor = indexCost();
    const scale = figurePicks * 1e6;
    return { floor: floor * scale, ours: pickCost(handle) * scale };
  },
});

export type PickerRole = typeof commands;
