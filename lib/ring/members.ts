import { comparePeers } from "../core/changes.ts";
import { isUsable } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";

/** What a ring can follow: `view$` shows suspects and those who drain, `peers$` does not. */
export type RingInput = View | readonly Peer[];

/** A list as a ring reads it. */
export interface RingList {
  /** Who owns keys, by name. */
  readonly members: ReadonlyMap<string, Peer>;
  /** Everybody who is listed and alive, by name: a leaving peer can still be asked for what it held. */
  readonly alive: ReadonlyMap<string, Peer>;
}

/** `host:port` of the first endpoint, with brackets around IPv6; the id where there is no port. */
export function defaultNameOf({ id, address, port }: Peer): string {
  if (port === 0 || address === "") return id;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Reads a list; of several peers with one name the first by id and service counts. */
export function listOf(
  input: RingInput,
  { nameOf, suspects }: { readonly nameOf: (peer: Peer) => string; readonly suspects: string },
): RingList {
  const members = new Map<string, Peer>();
  const alive = new Map<string, Peer>();
  const peers = isView(input) ? input.peers : input;
  for (const peer of peers.toSorted(comparePeers)) {
    const name = nameOf(peer);
    const counts =
      suspects === "keep" ? isUsable({ standing: "alive", status: peer.status }) : isUsable(peer);
    if (counts && !members.has(name)) members.set(name, peer);
    if (peer.standing === "alive" && !alive.has(name)) alive.set(name, peer);
  }
  return { members, alive };
}

/**
 * How long ago those joined who joined less than `windowMs` ago, by name, the oldest first. Clocks of
 * hosts differ a little, so it is a hint and never negative.
 */
export function agesOf(
  members: ReadonlyMap<string, Peer>,
  { windowMs, wallMs }: { readonly windowMs: number; readonly wallMs: number },
): ReadonlyMap<string, number> {
  const ages = [...members]
    .map(([name, { joinedAt }]) => [name, Math.max(0, wallMs - joinedAt)] as const)
    .filter(([, ageMs]) => ageMs < windowMs);
  return new Map(ages.toSorted(([, a], [, b]) => b - a));
}

function isView(input: RingInput): input is View {
  return !Array.isArray(input);
}
