import type { Source } from "../core/listing.ts";
import type { Facts, Happening, PeerFacts, SeenChange } from "./facts.ts";
import type { Invariant } from "./invariant.ts";
import { sharedBy } from "./quiet.ts";
import type { Shared } from "./quiet.ts";

/** One arrival in a list. */
interface Arrival {
  readonly facts: Facts;
  readonly peer: PeerFacts;
  /** When the registrar said what made the difference. */
  readonly sentMs: number;
  readonly after: readonly Source[];
}

/** What is claimed about peers that come into a list. */
export const returnInvariants: readonly Invariant[] = [
  {
    name: "the dead stay out",
    claim:
      "A registrar that is live brings nobody into a list of whom it has had the time to notice that it ended or fell silent; nor does it when it becomes live.",
    when: "news",
    check: (facts) => {
      for (const happening of facts.happenings) {
        if (happening.kind !== "changes" || happening.isFirst) continue;
        for (const seen of happening.seen) {
          const wrong = wrongReturn(facts, happening, seen);
          if (wrong !== undefined) return wrong;
        }
      }
      return undefined;
    },
  },
];

function wrongReturn(
  facts: Facts,
  { consumer, after }: Extract<Happening, { kind: "changes" }>,
  { change, sentMs }: SeenChange,
): string | undefined {
  if (change.kind !== "joined") return undefined;
  const { service, id, instance } = change.peer;
  const peer = facts.peers.find(
    (p) => p.instance === instance && p.id === id && p.service === service,
  );
  if (peer === undefined) return undefined;
  const arrival: Arrival = { facts, peer, sentMs, after };
  const liar = sharedBy(facts, consumer, peer).find((shared) => knewBetter(arrival, shared));
  if (liar === undefined) return undefined;
  const forMs = Math.round(sentMs - silentSinceMs(peer, liar));
  return `${consumer.node} has ${id} of ${service} (node ${peer.node}) again by ${liar.registrar.name}, which did not hear from it for ${forMs} ms`;
}

/** It vouches for the peer, and nothing kept it from noticing that there is no peer any more. */
function knewBetter({ facts, peer, sentMs, after }: Arrival, shared: Shared): boolean {
  const { bounds } = facts;
  const { registrar, mine, its } = shared;
  const sinceMs = silentSinceMs(peer, shared);
  const fromMs = sentMs - bounds.freezeMs - bounds.judgementMs;
  if (sinceMs > fromMs || its.acceptedMs === null || its.acceptedMs > fromMs) return false;
  if (registrar.trouble.endMs > fromMs) return false;
  return after.some(
    (source) => source.epoch === registrar.epoch && isVouching(facts, source, { peer, mine }),
  );
}

/**
 * Since when nothing of the peer could reach this registrar; Infinity while something can. What was
 * said by one that ended while it was cut off may arrive when the way is free again.
 */
function silentSinceMs({ endedMs }: PeerFacts, { its: { silence } }: Shared): number {
  if (endedMs === Infinity) return silence.withoutPauseMs ?? Infinity;
  return silence.touched(endedMs, endedMs) ? Infinity : endedMs;
}

function isVouching(
  facts: Facts,
  { source, service, epoch, revision, authority }: Source,
  { peer, mine }: Pick<Arrival, "peer"> & Pick<Shared, "mine">,
): boolean {
  if (source !== mine.source || service !== peer.service) return false;
  if (epoch === null || authority !== "live") return false;
  // Who was cut off vouches by the list that it still has, until it is told a newer one.
  if (facts.published(epoch, service, revision + 1) !== undefined) return false;
  const entry = facts.published(epoch, service, revision)?.get(peer.id);
  return entry?.instance === peer.instance && entry.standing === "alive";
}
