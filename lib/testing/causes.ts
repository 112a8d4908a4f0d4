import type { LeftCause } from "../core/peer.ts";
import { cardFromMs } from "./departure.ts";
import type { Departure } from "./departure.ts";
import { hearsOthers, isQuiet, rivalsOf, sharedBy, wasHeard, wasSettled } from "./quiet.ts";
import type { Shared } from "./quiet.ts";

/** Something of the kind that the cause names happened to the peer. */
export function isPossible(departure: Departure): boolean {
  const { facts, consumer, peer, cause, sentMs } = departure;
  const { bounds } = facts;
  const lines = [...peer.lines.values()];
  switch (cause) {
    case "goodbye":
      return peer.saidGoodbye && peer.endedMs <= sentMs;
    case "draining":
    case "critical": {
      const all = sharedBy(facts, consumer, peer);
      // All of them have refused it since.
      if (all.length === 0) return peer.unusable.touched(-Infinity, sentMs);
      return all.some((shared) => peer.unusable.touched(cardFromMs(departure, shared), sentMs));
    }
    case "connection-lost":
      return peer.endedMs <= sentMs || lines.some(({ closedMs }) => closedMs <= sentMs);
    case "missed-surveys":
      return lines.some(
        ({ desertedMs, silence }) =>
          desertedMs <= sentMs || silence.touched(-Infinity, sentMs, bounds.pauseMs),
      );
    case "replaced":
      return rivalsOf(peer).some((rival) => rival.bornMs <= sentMs);
    case "not-returned":
      return [...consumer.lines.keys()].some((name) =>
        facts.registrars.get(name)?.trouble.touched(-Infinity, sentMs),
      );
    case "health-check":
      return peer.doubted.touched(-Infinity, sentMs);
    case "unknown":
      return isUnheard(departure);
    case "lease-expired":
      return false;
    default:
      return cause satisfies never;
  }
}

/** Whoever vouched is heard no more, because others are live: nobody knows what became of the peer. */
function isUnheard({ consumer, peer, after }: Departure): boolean {
  return [...consumer.lines].some(
    ([name, line]) => peer.lines.has(name) && hearsOthers(consumer, after, line),
  );
}

/** The causes that are right where nothing else was wrong; undefined where several things were. */
export function onlyCauses(departure: Departure): readonly LeftCause[] | undefined {
  const { facts, consumer, peer, sentMs } = departure;
  const { endedMs, ending } = peer;
  if (ending === null || endedMs > sentMs || peer.unusable.touched(endedMs, endedMs))
    return undefined;
  const shared = sharedBy(facts, consumer, peer);
  if (!shared.every((one) => isPlain(departure, one))) return undefined;
  if (rivalsOf(peer).some((rival) => rival.bornMs <= sentMs && rival.endedMs > endedMs))
    return undefined;
  if (ending === "left") return ["goodbye"];
  if (ending !== "crashed") return undefined;
  return peer.saidGoodbye ? ["goodbye", "connection-lost"] : ["connection-lost"];
}

function isPlain({ facts, peer, sentMs }: Departure, shared: Shared): boolean {
  const { bounds } = facts;
  const { endedMs, doubted } = peer;
  return (
    isQuiet(facts, shared, endedMs) &&
    !shared.registrar.trouble.touched(endedMs, sentMs) &&
    !doubted.touched(endedMs - bounds.reportMs, sentMs) &&
    wasSettled(shared.its, endedMs, bounds) &&
    wasHeard(shared.its, endedMs, bounds)
  );
}
