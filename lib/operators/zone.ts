import { isUsable } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";
import { byService } from "./keys.ts";

/** Which zone to prefer, and when the others are used as well; complete. */
export interface ZoneRule {
  readonly prefer: string;
  readonly minPeers: number;
  readonly minShare: number;
}

/**
 * Whether the preferred zone of one service can do without the others. With `local` usable peers in
 * the zone and `all` in every zone together:
 *
 *     local >= max(1, minPeers)  and  local / all >= minShare
 *
 * A quotient, because 0.07 * 100 is a little more than 7.
 */
export function isZoneEnough(local: number, all: number, rule: ZoneRule): boolean {
  return local >= Math.max(1, rule.minPeers) && local / all >= rule.minShare;
}

/**
 * The peers of the preferred zone, for each service by itself; where too few of them are usable,
 * those of every zone, so that the work spreads over all and not over the nearest few. Peers
 * without a zone are in no zone.
 */
export function inZone(peers: readonly Peer[], rule: ZoneRule): readonly Peer[] {
  const spilling = new Set<string>();
  for (const [service, those] of byService(peers)) {
    const usable = those.filter(isUsable);
    const local = usable.filter((peer) => peer.zone === rule.prefer);
    if (!isZoneEnough(local.length, usable.length, rule)) spilling.add(service);
  }
  return peers.filter(({ service, zone }) => zone === rule.prefer || spilling.has(service));
}
