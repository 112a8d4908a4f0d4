import { murmur3 } from "./murmur3.ts";

/** What a lot is drawn from: whatever has an id. */
interface Server {
  readonly id: string;
}

/** Which lot, of what size. */
export interface Draw {
  /** The number of the watcher, from 0. */
  readonly ordinal: number;
  /** How many servers a lot has. */
  readonly size: number;
}

/** How many lots the servers make in one round. */
export function lotsOf(servers: number, size: number): number {
  return Math.max(1, Math.round(servers / size));
}

/**
 * The servers of one watcher, all of them where they are no more than `size`. Each server gets as
 * many watchers as each other one, without a word between them (after the subsetting chapter
 * of "Site Reliability Engineering", Google 2016):
 *
 * Watchers are dealt out in rounds of L = max(1, round(N / size)) lots. Watcher k takes lot
 * j = k mod L of round r = floor(k / L). Each round puts the servers in an order of its own, by a
 * hash of their ids with r as seed, and lot j is the `size` servers from place floor(j * N / L) on,
 * beyond the last from the first on again. Where size divides N, a round uses every server once.
 *
 * One server more or less moves each lot by at most one place, and where the hash puts it, so at
 * most two servers of a watcher are new. But when N / size passes a half (size 10: from 104 to 105
 * servers, from 10 to 11 lots), the rounds are dealt anew and most of all lots changes.
 */
export function lotOf<T extends Server>(servers: readonly T[], draw: Draw): readonly T[] {
  const { ordinal, size } = draw;
  const count = servers.length;
  if (count <= size) return servers;
  const lots = lotsOf(count, size);
  const order = inOrderOf(Math.floor(ordinal / lots), servers);
  const start = Math.floor(((ordinal % lots) * count) / lots);
  const lot = order.slice(start, start + size);
  return lot.length < size ? [...lot, ...order.slice(0, size - lot.length)] : lot;
}

/** The order of one round; equal hashes fall back on the ids. */
function inOrderOf<T extends Server>(round: number, servers: readonly T[]): readonly T[] {
  return servers
    .map((server) => ({ server, hash: murmur3(server.id, round) }))
    .toSorted((a, b) => a.hash - b.hash || (a.server.id < b.server.id ? -1 : 1))
    .map(({ server }) => server);
}
