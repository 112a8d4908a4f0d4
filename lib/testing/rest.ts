import { isSameCard } from "../core/changes.ts";
import type { ConsumerFacts, Facts, PeerFacts, RegistrarFacts } from "./facts.ts";
import type { Invariant } from "./invariant.ts";
import { consumes, rivalsOf, sharedBy } from "./quiet.ts";

/** What is claimed once all troubles are over and had the time to be repaired. */
export const restInvariants: readonly Invariant[] = [
  {
    name: "views converge",
    claim:
      "When the troubles are over, every list is the truth, cards included, of several who claim one id it has one, and every registrar is believed.",
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
      "When the troubles are over, each registrar knows every member and exactly the named consumers there are.",
    when: "rest",
    check: (facts) => {
      for (const registrar of facts.registrars.values()) {
        const wrong = wrongCount(facts, registrar);
        if (wrong !== undefined) return `${registrar.name} knows ${wrong}`;
      }
      return undefined;
    },
  },
];

function wrongCount({ consumers, peers }: Facts, registrar: RegistrarFacts): string | undefined {
  const { name } = registrar;
  const named = consumers.filter(
    ({ isNamed, isOver, lines }) => isNamed && !isOver && lines.get(name)?.isRefused === false,
  ).length;
  if (registrar.consumers !== named) return `${registrar.consumers} of ${named} named consumers`;
  const living = peers.filter(
    ({ ending, lines }) => ending === null && lines.get(name)?.isRefused === false,
  );
  const ids = new Set(living.map(({ service, id }) => `${service} ${id}`));
  return registrar.members < ids.size ? `${registrar.members} of ${ids.size} members` : undefined;
}

function wrongView(facts: Facts, consumer: ConsumerFacts): string | undefined {
  if (consumer.readyMs === null) return "never had a list";
  if (consumer.authority !== "live") return `says ${consumer.authority}`;
  const doubted = consumer.sources.find(({ authority }) => authority !== "live");
  if (doubted !== undefined) return `says ${doubted.authority} of registrar ${doubted.source + 1}`;
  if (consumer.connection.kind !== "live") return `is ${consumer.connection.kind}`;
  const expected = facts.peers.filter(
    (peer) =>
      isDue(peer) && consumes(consumer, peer.service) && sharedBy(facts, consumer, peer).length > 0,
  );
  for (const peer of expected) {
    const wrong = wrongEntry(consumer, peer, expected);
    if (wrong !== undefined) return wrong;
  }
  const ids = new Set(
    expected
      .filter((peer) => !isShadowed(peer) || isShown(consumer, peer))
      .map(({ id, service }) => `${id} of ${service}`),
  );
  if (consumer.usable.length === ids.size) return undefined;
  const listed = consumer.usable.map(({ id, service }) => `${id} of ${service}`);
  return `lists ${listed.join(", ") || "nobody"}, but ${ids.size} are alive`;
}

function wrongEntry(
  { usable }: ConsumerFacts,
  peer: PeerFacts,
  expected: readonly PeerFacts[],
): string | undefined {
  const { id, service, node } = peer;
  const held = usable.find((other) => other.id === id && other.service === service);
  const isIt = held?.instance === peer.instance;
  const isRival = rivalsOf(peer).some(
    (rival) => rival.instance === held?.instance && expected.includes(rival),
  );
  if (held === undefined && isShadowed(peer)) return undefined;
  if (held === undefined || (!isIt && !isRival)) return `lacks ${id} of ${service} (node ${node})`;
  return isIt && !isSameCard(held, peer.card)
    ? `holds an old card of ${id} of ${service}`
    : undefined;
}

function isShown({ usable }: ConsumerFacts, { id, service }: PeerFacts): boolean {
  return usable.some((other) => other.id === id && other.service === service);
}

/** Another process that claims its id is shown instead, and takes no work. */
function isShadowed(peer: PeerFacts): boolean {
  return rivalsOf(peer).some(({ ending, unusable }) => ending === null && unusable.isOpen);
}

function isDue({ ending, unusable }: PeerFacts): boolean {
  return ending === null && !unusable.isOpen;
}
