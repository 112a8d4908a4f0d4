import type { Bounds } from "./bounds.ts";
import type { ConsumerFacts, Facts, PeerFacts } from "./facts.ts";

/**
 * When exact claims can be made: what happened at this time happened to an installation in which
 * nothing else was going on.
 */
export function isQuiet(
  { bounds, registrar }: Facts,
  consumer: ConsumerFacts,
  atMs: number,
): boolean {
  return (
    consumer.caughtUpMs <= atMs &&
    registrar.liveMs <= atMs &&
    registrar.trouble.endMs + bounds.judgementMs <= atMs
  );
}

/** The registrar had listed it, on a connection that stood, and nothing was under way. */
export function wasSettled(peer: PeerFacts, atMs: number, { judgementMs }: Bounds): boolean {
  return peer.settledMs + judgementMs <= atMs && !peer.unsettled.touched(atMs - judgementMs, atMs);
}

/** It could be heard until then, and until what it said last had arrived. */
export function wasHeard(
  { silence }: PeerFacts,
  atMs: number,
  { judgementMs, delayMs }: Bounds,
): boolean {
  return !silence.touched(atMs - judgementMs, atMs + delayMs);
}

/** Other runs that claim the same id. */
export function rivalsOf({ peers }: Facts, peer: PeerFacts): readonly PeerFacts[] {
  return peers.filter(
    (other) => other !== peer && other.id === peer.id && other.service === peer.service,
  );
}

/** True where a consumer follows a service. */
export function consumes({ services }: ConsumerFacts, service: string): boolean {
  return services.includes(service) || services.includes("*");
}
