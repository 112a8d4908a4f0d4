import type { Name } from "../core/changes.ts";
import { keyOf } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";

/** Names a peer whoever runs under the name; NUL is in no service and no id. */
export function nameKey({ service, id }: Name): string {
  return keyOf(service, id);
}

/** Finds peers by name. */
export function byName(peers: readonly Peer[]): ReadonlyMap<string, Peer> {
  return new Map(peers.map((peer) => [nameKey(peer), peer]));
}

/** The peers of each service, in the order they had. */
export function byService(peers: readonly Peer[]): ReadonlyMap<string, readonly Peer[]> {
  const found = new Map<string, Peer[]>();
  for (const peer of peers) {
    const known = found.get(peer.service);
    if (known === undefined) found.set(peer.service, [peer]);
    else known.push(peer);
  }
  return found;
}
