import type { ConsumerFacts, Facts, Happening, PeerFacts } from "./facts.ts";
import type { Invariant } from "./invariant.ts";
import { consumes, sharedBy } from "./quiet.ts";

/** What is claimed about goodbyes and drains that consumers acknowledge. */
export const proofInvariants: readonly Invariant[] = [
  {
    name: "proof is true",
    claim:
      "No consumer that has acknowledged a goodbye to whichever registrar gives that peer out, then or later; nor does one that is in a complete proof of draining, while the peer drains.",
    when: "news",
    check: ({ peers, consumers }) => {
      for (const peer of peers) {
        if (peer.provenTo.length === 0) continue;
        const liar = consumers.find(
          (consumer) => peer.provenTo.includes(consumer.instance) && consumer.lists(peer),
        );
        if (liar !== undefined)
          return `${liar.node} acknowledged that ${peer.id} is not to be used`;
      }
      return undefined;
    },
  },
  {
    name: "a complete proof has everybody",
    claim:
      "A proof says that it is complete only if every named consumer that was connected has acknowledged.",
    when: "news",
    check: (facts) => {
      for (const happening of facts.happenings) {
        if (happening.kind !== "proven" || !happening.proof.complete) continue;
        const silent = facts.consumers.find((consumer) => isForgotten(facts, consumer, happening));
        if (silent !== undefined)
          return `${silent.node} was not asked about ${happening.peer.id} of ${happening.peer.service}`;
      }
      return undefined;
    },
  },
];

function isForgotten(
  facts: Facts,
  consumer: ConsumerFacts,
  { peer, proof, sinceMs }: Extract<Happening, { kind: "proven" }>,
): boolean {
  if (!consumer.isNamed || consumer.isOver || consumer.node === peer.node) return false;
  if (!consumes(consumer, peer.service) || proof.acknowledged.includes(consumer.instance))
    return false;
  return wasConnected(facts, { consumer, peer, sinceMs });
}

/** Some registrar knew both when the peer spoke, and nothing has disturbed them since. */
function wasConnected(
  facts: Facts,
  of: {
    readonly consumer: ConsumerFacts;
    readonly peer: PeerFacts;
    readonly sinceMs: number;
  },
): boolean {
  const { consumer, peer, sinceMs } = of;
  const fromMs = sinceMs - facts.bounds.judgementMs;
  return sharedBy(facts, consumer, peer).some(
    ({ registrar, mine, its }) =>
      !mine.isRefused &&
      mine.settledMs <= fromMs &&
      its.settledMs <= fromMs &&
      ![registrar.trouble, mine.trouble, its.silence, its.unsettled].some((trouble) =>
        trouble.touched(fromMs, facts.nowMs),
      ),
  );
}
