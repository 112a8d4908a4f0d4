import type { LeftCause } from "../core/peer.ts";
import type { ConsumerFacts, Facts, PeerFacts, SeenChange } from "./facts.ts";
import type { Invariant } from "./invariant.ts";
import { isQuiet, rivalsOf, wasHeard, wasSettled } from "./quiet.ts";

/** One peer that a consumer saw leave. */
interface Departure {
  readonly facts: Facts;
  readonly consumer: ConsumerFacts;
  readonly peer: PeerFacts;
  readonly cause: LeftCause;
  /** When the registrar said so. What it could not know by then is no excuse. */
  readonly sentMs: number;
}

/** What is claimed about peers that leave a list. */
export const departureInvariants: readonly Invariant[] = [
  {
    name: "the living stay",
    claim:
      "A peer that is listed stays listed while it runs, can be reached, answers in time, keeps its connection and its id.",
    when: "step",
    check: ({ ...facts }) =>
      firstDeparture(facts, (departure) => {
        if (isBlamed(departure) || wasAbsent(departure)) return undefined;
        return "it is alive and well";
      }),
  },
  {
    name: "an outage removes nobody who lives",
    claim: "The registrar's own death, restart, stop or stall takes no peer out of any list.",
    when: "step",
    check: (facts) =>
      firstDeparture(facts, (departure) => {
        if (isBlamed(departure) || !wasAbsent(departure)) return undefined;
        return "it is alive and well, and the registrar was away";
      }),
  },
  {
    name: "proof is true",
    claim: "No consumer that has acknowledged a goodbye gives that peer out, then or later.",
    when: "step",
    check: ({ peers, consumers }) => {
      for (const peer of peers) {
        if (peer.provenTo.length === 0) continue;
        const liar = consumers.find(
          (consumer) => peer.provenTo.includes(consumer.instance) && consumer.lists(peer),
        );
        if (liar !== undefined) return `${liar.node} acknowledged the goodbye of ${peer.id}`;
      }
      return undefined;
    },
  },
  {
    name: "causes are true",
    claim: "The cause given for a departure is what happened to the peer.",
    when: "step",
    check: (facts) =>
      firstDeparture(facts, (departure) => {
        if (!isPossible(departure)) return "nothing of that kind happened to it";
        const only = onlyCauses(departure);
        if (only === undefined || only.includes(departure.cause)) return undefined;
        return `the cause is ${only.join(" or ")}`;
      }),
  },
  {
    name: "coming is told truly",
    claim:
      "Peers are present in the first list only, and return only to a list that they were in before.",
    when: "step",
    check: wrongArrival,
  },
];

function firstDeparture(
  facts: Facts,
  complain: (departure: Departure) => string | undefined,
): string | undefined {
  for (const happening of facts.happenings) {
    if (happening.kind !== "changes") continue;
    for (const seen of happening.seen) {
      const departure = departureOf(facts, happening.consumer, seen);
      const complaint = departure === undefined ? undefined : complain(departure);
      if (departure === undefined || complaint === undefined) continue;
      const { consumer, peer, cause } = departure;
      return `${consumer.node} lost ${peer.id} of ${peer.service} (node ${peer.node}, ${cause}): ${complaint}`;
    }
  }
  return undefined;
}

function departureOf(
  facts: Facts,
  consumer: ConsumerFacts,
  seen: SeenChange,
): Departure | undefined {
  const { change, sentMs } = seen;
  if (change.kind !== "left") return undefined;
  const { service, id, instance } = change.peer;
  const peer = facts.peers.find(
    (p) => p.instance === instance && p.id === id && p.service === service,
  );
  if (peer === undefined) return undefined;
  return { facts, consumer, peer, cause: change.cause, sentMs };
}

/** From when on things that happened to the peer may be behind what the registrar said. */
function judgedFromMs({ facts, sentMs }: Departure): number {
  const { judgementMs } = facts.bounds;
  let fromMs = sentMs - judgementMs;
  // While it stood still, the registrar's knowledge grew old with it.
  for (const span of facts.registrar.trouble.spans.toReversed()) {
    if (span.toMs < fromMs) break;
    fromMs = Math.min(fromMs, span.fromMs - judgementMs);
  }
  return fromMs;
}

/** The card of a peer that could not be heard may be as old as you like. */
function cardFromMs(departure: Departure): number {
  const { peer, sentMs } = departure;
  const fromMs = judgedFromMs(departure);
  const wasHeard = [peer.unsettled, peer.silence].every(
    (trouble) => !trouble.touched(fromMs, sentMs),
  );
  return wasHeard ? fromMs : -Infinity;
}

/** Something happened to the peer itself that explains its departure. */
function isBlamed(departure: Departure): boolean {
  const { peer, sentMs, facts } = departure;
  const fromMs = judgedFromMs(departure);
  return (
    peer.endedMs <= sentMs ||
    peer.unusable.touched(fromMs, sentMs) ||
    peer.unsettled.touched(fromMs, sentMs) ||
    peer.silence.touched(fromMs, sentMs, facts.bounds.pauseMs) ||
    wasContested(departure)
  );
}

/**
 * Two processes claim one id at a registrar that has just begun and knows neither: whoever comes
 * first has it. One that stood still knows whom it had listed.
 */
function wasContested({ facts, peer, sentMs }: Departure): boolean {
  const { registrar, bounds } = facts;
  return rivalsOf(facts, peer).some(
    ({ bornMs }) =>
      bornMs <= sentMs && registrar.down.touched(bornMs - bounds.convergenceMs, sentMs),
  );
}

/** The registrar was away, or learned because it had been. */
function wasAbsent(departure: Departure): boolean {
  const { registrar, bounds } = departure.facts;
  const fromMs = judgedFromMs(departure) - bounds.convergenceMs;
  const { sentMs } = departure;
  return registrar.learning.touched(fromMs, sentMs) || registrar.trouble.touched(fromMs, sentMs);
}

/** Something of the kind that the cause names happened to the peer. */
function isPossible(departure: Departure): boolean {
  const { facts, peer, cause, sentMs } = departure;
  switch (cause) {
    case "goodbye":
      return peer.saidGoodbye && peer.endedMs <= sentMs;
    case "draining":
    case "critical":
      return peer.unusable.touched(cardFromMs(departure), sentMs);
    case "connection-lost":
      return peer.closedMs <= sentMs || peer.endedMs <= sentMs;
    case "missed-surveys":
      return (
        peer.desertedMs <= sentMs || peer.silence.touched(-Infinity, sentMs, facts.bounds.pauseMs)
      );
    case "replaced":
      return rivalsOf(facts, peer).some((rival) => rival.bornMs <= sentMs);
    case "not-returned":
      return facts.registrar.trouble.touched(-Infinity, sentMs);
    case "lease-expired":
    case "health-check":
    case "unknown":
      return false;
    default:
      return cause satisfies never;
  }
}

/** The causes that are right where nothing else was wrong; undefined where several things were. */
function onlyCauses({
  facts,
  consumer,
  peer,
  sentMs,
}: Departure): readonly LeftCause[] | undefined {
  const { registrar, bounds } = facts;
  const { endedMs, ending } = peer;
  if (ending === null || endedMs > sentMs || peer.unusable.touched(endedMs, endedMs))
    return undefined;
  const isPlain =
    isQuiet(facts, consumer, endedMs) &&
    !registrar.trouble.touched(endedMs, sentMs) &&
    wasSettled(peer, endedMs, bounds) &&
    wasHeard(peer, endedMs, bounds);
  if (!isPlain) return undefined;
  if (rivalsOf(facts, peer).some((rival) => rival.bornMs <= sentMs && rival.endedMs > endedMs))
    return undefined;
  if (ending === "left") return ["goodbye"];
  if (ending !== "crashed") return undefined;
  return peer.saidGoodbye ? ["goodbye", "connection-lost"] : ["connection-lost"];
}

function wrongArrival({ happenings }: Facts): string | undefined {
  for (const happening of happenings) {
    if (happening.kind !== "changes") continue;
    const { consumer, seen, isFirst } = happening;
    for (const { change } of seen) {
      if (change.kind !== "joined") continue;
      const { peer, cause } = change;
      const wasSeen = consumer.changes.some(
        ({ change: { kind, peer: other } }) =>
          kind === "left" && other.instance === peer.instance && other.id === peer.id,
      );
      const name = `${consumer.node}: ${peer.id} of ${peer.service} joined as ${cause}`;
      if (isFirst !== (cause === "present"))
        return `${name}, ${isFirst ? "in" : "after"} the first list`;
      if (wasSeen && cause === "new") return `${name}, but it was here before`;
    }
  }
  return undefined;
}
