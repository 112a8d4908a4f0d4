import { isSameCard } from "../core/changes.ts";
import type { ConsumerFacts, Facts, PeerFacts } from "./facts.ts";
import type { Invariant } from "./invariant.ts";
import { consumes } from "./quiet.ts";

/** What is claimed once all troubles are over and had the time to be repaired. */
export const restInvariants: readonly Invariant[] = [
  {
    name: "views converge",
    claim:
      "When the troubles are over, every list is the truth, cards included, and every authority is live.",
    when: "rest",
    check: (facts) => {
      for (const consumer of facts.consumers) {
        if (consumer.isOver) continue;
        const wrong = wrongView(facts, consumer);
        if (wrong !== undefined) return `${consumer.node} ${wrong}`;
      }
      return undefined;
    },
  },
  {
    name: "the registrar keeps no ghosts",
    claim:
      "When the troubles are over, the registrar knows every member and exactly the named consumers there are.",
    when: "rest",
    check: ({ registrar, consumers, peers }) => {
      const named = consumers.filter((consumer) => consumer.isNamed && !consumer.isOver).length;
      if (registrar.consumers !== named)
        return `it knows ${registrar.consumers} of ${named} named consumers`;
      const living = peers.filter((peer) => peer.ending === null).length;
      if (registrar.members < living) return `it knows ${registrar.members} of ${living} members`;
      return undefined;
    },
  },
];

function wrongView(facts: Facts, consumer: ConsumerFacts): string | undefined {
  if (consumer.readyMs === null) return "never had a list";
  if (consumer.authority !== "live") return `says ${consumer.authority}`;
  if (consumer.connection.kind !== "live") return `is ${consumer.connection.kind}`;
  const expected = facts.peers.filter((peer) => isDue(peer) && consumes(consumer, peer.service));
  for (const peer of expected) {
    const held = consumer.usable.find(
      ({ id, service }) => id === peer.id && service === peer.service,
    );
    if (held?.instance !== peer.instance)
      return `lacks ${peer.id} of ${peer.service} (node ${peer.node})`;
    if (!isSameCard(held, peer.card)) return `holds an old card of ${peer.id} of ${peer.service}`;
  }
  if (consumer.usable.length === expected.length) return undefined;
  const ids = consumer.usable.map(({ id, service }) => `${id} of ${service}`);
  return `lists ${ids.join(", ") || "nobody"}, but ${expected.length} are alive`;
}

function isDue({ ending, unusable }: PeerFacts): boolean {
  return ending === null && !unusable.isOpen;
}
