import type { Source } from "../core/listing.ts";
import type { LeftCause } from "../core/peer.ts";
import type { ConsumerFacts, Facts, Happening, PeerFacts, SeenChange } from "./facts.ts";
import { rivalsOf } from "./quiet.ts";
import type { Shared } from "./quiet.ts";

/** One peer that a consumer saw leave. */
export interface Departure {
  readonly facts: Facts;
  readonly consumer: ConsumerFacts;
  readonly peer: PeerFacts;
  readonly cause: LeftCause;
  /** When the registrar said so. What it could not know by then is no excuse. */
  readonly sentMs: number;
  /** Where the consumer stood with each registrar before and after. */
  readonly before: readonly Source[];
  readonly after: readonly Source[];
}

/** All departures that consumers saw in this step. */
export function departuresIn(facts: Facts): readonly Departure[] {
  const departures: Departure[] = [];
  for (const happening of facts.happenings) {
    if (happening.kind !== "changes") continue;
    for (const seen of happening.seen) {
      const departure = departureOf(facts, happening, seen);
      if (departure !== undefined) departures.push(departure);
    }
  }
  return departures;
}

function departureOf(
  facts: Facts,
  { consumer, before, after }: Extract<Happening, { kind: "changes" }>,
  { change, sentMs }: SeenChange,
): Departure | undefined {
  if (change.kind !== "left") return undefined;
  const { service, id, instance } = change.peer;
  const peer = facts.peers.find(
    (p) => p.instance === instance && p.id === id && p.service === service,
  );
  if (peer === undefined) return undefined;
  return { facts, consumer, peer, cause: change.cause, sentMs, before, after };
}

/** From when on things that happened to the peer may be behind what this registrar said. */
export function judgedFromMs(
  { facts, sentMs }: Departure,
  { registrar, mine }: Pick<Shared, "registrar" | "mine">,
): number {
  const { judgementMs } = facts.bounds;
  let fromMs = sentMs - judgementMs;
  // While it stood still, the registrar's knowledge grew old with it; so did what is known of it.
  const troubles =
    facts.registrars.size > 1 ? [registrar.trouble, mine.trouble] : [registrar.trouble];
  const spans = troubles.flatMap(({ spans: all }) => all).toSorted((a, b) => b.toMs - a.toMs);
  for (const span of spans) {
    if (span.toMs < fromMs) break;
    fromMs = Math.min(fromMs, span.fromMs - judgementMs);
  }
  return fromMs;
}

/** The card of a peer that could not be heard may be as old as you like. */
export function cardFromMs(departure: Departure, shared: Shared): number {
  const { sentMs } = departure;
  const fromMs = judgedFromMs(departure, shared);
  const { unsettled, silence } = shared.its;
  const wasInTouch = [unsettled, silence].every((trouble) => !trouble.touched(fromMs, sentMs));
  return wasInTouch ? fromMs : -Infinity;
}

/** Something happened to the peer itself that explains why this registrar does not list it. */
export function isBlamed(departure: Departure, shared: Shared): boolean {
  const { peer, sentMs, facts } = departure;
  const { its } = shared;
  const fromMs = judgedFromMs(departure, shared);
  return (
    peer.endedMs <= sentMs ||
    its.isRefused ||
    peer.unusable.touched(cardFromMs(departure, shared), sentMs) ||
    // A report that was held up counts from when it came.
    peer.doubted.touched(fromMs - facts.bounds.reportMs, sentMs) ||
    its.unsettled.touched(fromMs, sentMs) ||
    its.silence.touched(fromMs, sentMs, facts.bounds.pauseMs) ||
    wasContested(departure, shared)
  );
}

/**
 * Two processes claim one id at a registrar that has just begun and knows neither: whoever comes
 * first has it. One that stood still knows whom it had listed. Of several registrars each may know
 * another one of the two; then the one that joined later is shown.
 */
function wasContested(
  { facts, peer, sentMs, consumer }: Departure,
  { registrar }: Shared,
): boolean {
  const { bounds } = facts;
  return rivalsOf(peer).some((rival) => {
    if (rival.bornMs > sentMs) return false;
    if (registrar.down.touched(rival.bornMs - bounds.convergenceMs, sentMs)) return true;
    return [...rival.lines].some(
      // It may not have heard yet that it was accepted, or refused.
      ([name, { acceptedMs, isRefused }]) =>
        name !== registrar.name && (acceptedMs !== null || !isRefused) && consumer.lines.has(name),
    );
  });
}
