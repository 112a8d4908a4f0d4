import type { Source } from "../core/listing.ts";
import type { Bounds } from "./bounds.ts";
import type {
  ConsumerFacts,
  ConsumerLine,
  Facts,
  MemberLine,
  PeerFacts,
  RegistrarFacts,
} from "./facts.ts";

/** A registrar that a peer joins and a consumer follows. */
export interface Shared {
  readonly registrar: RegistrarFacts;
  /** Between the consumer and the registrar. */
  readonly mine: ConsumerLine;
  /** Between the peer and the registrar. */
  readonly its: MemberLine;
}

/** Registrars by which a consumer can know a peer; one that refused the peer is none. */
export function sharedBy(
  { registrars }: Facts,
  consumer: ConsumerFacts,
  peer: PeerFacts,
): readonly Shared[] {
  const shared: Shared[] = [];
  for (const [name, mine] of consumer.lines) {
    const its = peer.lines.get(name);
    const registrar = registrars.get(name);
    if (its !== undefined && registrar !== undefined && !its.isRefused)
      shared.push({ registrar, mine, its });
  }
  return shared;
}

/**
 * When exact claims can be made: what happened at this time happened to an installation in which
 * nothing else was going on, as far as this registrar is concerned.
 */
export function isQuiet({ bounds }: Facts, { registrar, mine }: Shared, atMs: number): boolean {
  return (
    mine.caughtUpMs <= atMs &&
    registrar.liveMs <= atMs &&
    registrar.trouble.endMs + bounds.judgementMs <= atMs
  );
}

/** The registrar had listed it, on a connection that stood, and nothing was under way. */
export function wasSettled(its: MemberLine, atMs: number, { judgementMs }: Bounds): boolean {
  return its.settledMs + judgementMs <= atMs && !its.unsettled.touched(atMs - judgementMs, atMs);
}

/** It could be heard until then, and until what it said last had arrived. */
export function wasHeard(
  { silence }: MemberLine,
  atMs: number,
  { judgementMs, delayMs }: Bounds,
): boolean {
  return !silence.touched(atMs - judgementMs, atMs + delayMs);
}

/** The consumer believes that others are live, and not this one, so that this one is not heard. */
export function hearsOthers(
  { authority }: ConsumerFacts,
  sources: readonly Source[],
  { source }: ConsumerLine,
): boolean {
  const live = sources.filter((one) => one.authority === "live");
  if (live.some((one) => one.source === source)) return false;
  // One that is live and lists nobody has no line among the sources.
  return live.length > 0 || authority === "live";
}

/** Other runs that claim the same id. */
export function rivalsOf(peer: PeerFacts): readonly PeerFacts[] {
  if (peer.namesakes.length === 1) return [];
  return peer.namesakes.filter((other) => other !== peer);
}

/** True where a consumer follows a service. */
export function consumes({ services }: ConsumerFacts, service: string): boolean {
  return services.includes(service) || services.includes("*");
}
