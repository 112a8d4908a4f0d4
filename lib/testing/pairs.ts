import type { Docket } from "./docket.ts";
import type { ConsumerFacts, Facts, PeerFacts } from "./facts.ts";
import type { Deadline, Invariant, PairClaim } from "./invariant.ts";
import { consumes } from "./quiet.ts";

/** Builds an invariant of a claim about pairs. */
export function pairInvariant(
  about: Pick<Invariant, "name" | "claim"> & { readonly pairs: PairClaim },
): Invariant {
  return { ...about, when: "step", check: (facts) => firstPair(facts, about.pairs) };
}

/** Goes over all pairs of present consumers and their peers. */
function firstPair(facts: Facts, claim: PairClaim): string | undefined {
  for (const consumer of facts.consumers) {
    if (!isWatched(consumer)) continue;
    for (const peer of facts.peers) {
      const deadline = consumes(consumer, peer.service)
        ? claim.deadline(facts, consumer, peer)
        : undefined;
      if (deadline !== undefined && facts.nowMs > dueOf(deadline))
        return complaint(facts, claim, { consumer, peer, deadline });
    }
  }
  return undefined;
}

/**
 * Says the same as `firstPair` for less: a pair is looked at again when the books of one of the two
 * changed, and at the time at which it falls due.
 */
export class PairWatch {
  readonly #claim: PairClaim;
  /** When the first pair of each consumer falls due; it may be too early. */
  #dues = new Map<ConsumerFacts, number>();
  #dueMs = Infinity;

  constructor(claim: PairClaim) {
    this.#claim = claim;
  }

  check(facts: Facts, docket: Docket): string | undefined {
    if (docket.isEmpty && facts.nowMs <= this.#dueMs) return undefined;
    const before = this.#dues;
    this.#dues = new Map();
    this.#dueMs = Infinity;
    for (const consumer of facts.consumers) {
      if (!isWatched(consumer)) continue;
      const wrong = this.#row(facts, consumer, { docket, wasMs: before.get(consumer) });
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #row(
    facts: Facts,
    consumer: ConsumerFacts,
    { docket, wasMs }: { readonly docket: Docket; readonly wasMs: number | undefined },
  ): string | undefined {
    const isDue = wasMs === undefined || facts.nowMs > wasMs;
    const isWhole = isDue || docket.isAll || docket.consumers.has(consumer);
    let dueMs = isWhole ? Infinity : wasMs;
    for (const peer of isWhole ? facts.peers : docket.peers) {
      if (!consumes(consumer, peer.service)) continue;
      const deadline = this.#claim.deadline(facts, consumer, peer);
      if (deadline === undefined) continue;
      dueMs = Math.min(dueMs, dueOf(deadline));
      if (facts.nowMs > dueOf(deadline))
        return complaint(facts, this.#claim, { consumer, peer, deadline });
    }
    this.#dues.set(consumer, dueMs);
    this.#dueMs = Math.min(this.#dueMs, dueMs);
    return undefined;
  }
}

/** Who has no list yet, or has said goodbye, promises nothing. */
function isWatched({ readyMs, isOver }: ConsumerFacts): boolean {
  return readyMs !== null && !isOver;
}

function dueOf({ fromMs, withinMs }: Deadline): number {
  return fromMs + withinMs;
}

function complaint(
  { nowMs }: Facts,
  { verb }: PairClaim,
  of: {
    readonly consumer: ConsumerFacts;
    readonly peer: PeerFacts;
    readonly deadline: Deadline;
  },
): string {
  const { consumer, peer, deadline } = of;
  const { id, service, node } = peer;
  const lasted = `for ${Math.round(nowMs - deadline.fromMs)} ms, ${Math.round(deadline.withinMs)} ms are allowed`;
  return `${consumer.node} ${verb} ${id} of ${service} (node ${node}) ${lasted}`;
}
