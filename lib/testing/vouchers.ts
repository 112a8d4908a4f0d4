import type { Source } from "../core/listing.ts";
import { isBlamed, judgedFromMs } from "./departure.ts";
import type { Departure } from "./departure.ts";
import { hearsOthers, sharedBy } from "./quiet.ts";
import type { Shared } from "./quiet.ts";

/** A registrar that had vouched for a peer and has no reason to do so no more. */
export interface LostVoucher {
  readonly name: string;
  /** It was away, or learned because it had been. */
  readonly wasAway: boolean;
}

/**
 * Registrars that vouched for a peer when the consumer had it listed, and of which neither can be
 * said that the peer gave them cause, nor that they are rightly not heard any more.
 */
export function lostVouchers(departure: Departure): readonly LostVoucher[] {
  const { facts, consumer, peer } = departure;
  if (peer.endedMs <= departure.sentMs) return [];
  const lost: LostVoucher[] = [];
  for (const shared of sharedBy(facts, consumer, peer)) {
    if (!hasVouched(departure, shared)) continue;
    if (isBlamed(departure, shared) || isRightlyUnheard(departure, shared)) continue;
    lost.push({ name: shared.registrar.name, wasAway: wasAbsent(departure, shared) });
  }
  return lost;
}

/**
 * It listed the peer as alive; or it was restarted, and the peer, whom the consumer had heard of from
 * it, may have waited for it to learn.
 */
function hasVouched(departure: Departure, { registrar, mine, its }: Shared): boolean {
  const downMs = registrar.down.spans.at(-1)?.fromMs ?? -Infinity;
  const { acceptedMs } = its;
  const wasHeard = mine.readyMs !== null && mine.readyMs <= downMs;
  const wasThere = wasHeard && acceptedMs !== null && acceptedMs <= downMs;
  if (registrar.starts > 1 && wasThere && !mine.trouble.touched(acceptedMs, downMs)) return true;
  return departure.before.some((source) => isVouchingIn(departure, source, mine.source));
}

function isVouchingIn(
  { facts, peer }: Departure,
  { source, service, epoch, revision }: Source,
  place: number,
): boolean {
  if (source !== place || service !== peer.service || epoch === null) return false;
  const entry = facts.published(epoch, service, revision)?.get(peer.id);
  return entry?.instance === peer.instance && entry.standing === "alive";
}

/** The consumer believes others, who are live, and this one is not: so it is, or lately was. */
function isRightlyUnheard(departure: Departure, { registrar, mine }: Shared): boolean {
  const { facts, after, sentMs } = departure;
  if (!hearsOthers(departure.consumer, after, mine)) return false;
  const { bounds } = facts;
  const fromMs = sentMs - bounds.repairMs - bounds.staleMs;
  const isYoung = mine.readyMs === null || mine.readyMs > fromMs;
  return (
    isYoung ||
    registrar.trustedMs > fromMs ||
    [registrar.trouble, registrar.learning, mine.trouble].some((t) => t.touched(fromMs, sentMs))
  );
}

/** The registrar was away, or learned because it had been. */
function wasAbsent(departure: Departure, shared: Shared): boolean {
  const { facts, sentMs } = departure;
  const { registrar } = shared;
  const fromMs = judgedFromMs(departure, shared) - facts.bounds.convergenceMs;
  return registrar.learning.touched(fromMs, sentMs) || registrar.trouble.touched(fromMs, sentMs);
}
