import type { Facts } from "./facts.ts";
import { departuresIn } from "./departure.ts";
import type { Departure } from "./departure.ts";
import { isPossible, onlyCauses } from "./causes.ts";
import type { Invariant } from "./invariant.ts";
import { lostVouchers } from "./vouchers.ts";

/** What is claimed about peers that leave a list. */
export const departureInvariants: readonly Invariant[] = [
  {
    name: "the living stay",
    claim:
      "A peer that is listed stays listed as long as one registrar that vouches for it is heard, and it runs, answers that registrar in time, keeps its connection to it and its id.",
    when: "news",
    check: (facts) =>
      firstDeparture(facts, (departure) => {
        const lost = lostVouchers(departure).find(({ wasAway }) => !wasAway);
        return lost && `it is alive and well, as ${lost.name} knows`;
      }),
  },
  {
    name: "an outage removes nobody who lives",
    claim:
      "The death, restart, stop or stall of registrars, whichever they are, takes no peer out of a list for which one that is heard vouches.",
    when: "news",
    check: (facts) =>
      firstDeparture(facts, (departure) => {
        const lost = lostVouchers(departure).find(({ wasAway }) => wasAway);
        return lost && `it is alive and well, and ${lost.name} was away`;
      }),
  },
  {
    name: "causes are true",
    claim: "The cause given for a departure is what happened to the peer.",
    when: "news",
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
    when: "news",
    check: wrongArrival,
  },
];

function firstDeparture(
  facts: Facts,
  complain: (departure: Departure) => string | undefined,
): string | undefined {
  for (const departure of departuresIn(facts)) {
    const complaint = complain(departure);
    if (complaint === undefined) continue;
    const { consumer, peer, cause } = departure;
    return `${consumer.node} lost ${peer.id} of ${peer.service} (node ${peer.node}, ${cause}): ${complaint}`;
  }
  return undefined;
}

function wrongArrival({ happenings }: Facts): string | undefined {
  for (const happening of happenings) {
    if (happening.kind !== "changes") continue;
    const { consumer, seen, isFirst } = happening;
    for (const { change } of seen) {
      if (change.kind !== "joined") continue;
      const { peer, cause } = change;
      const name = `${consumer.node}: ${peer.id} of ${peer.service} joined as ${cause}`;
      if (isFirst !== (cause === "present"))
        return `${name}, ${isFirst ? "in" : "after"} the first list`;
      if (cause !== "new") continue;
      const wasSeen = consumer.changes.some(
        ({ change: { kind, peer: other } }) =>
          kind === "left" && other.instance === peer.instance && other.id === peer.id,
      );
      if (wasSeen) return `${name}, but it was here before`;
    }
  }
  return undefined;
}
