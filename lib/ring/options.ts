import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import { checkOptions } from "../host/check.ts";
import { WORDS_PER_DIGEST } from "./hash.ts";

/** Virtual nodes of one member of average weight, at most. */
const VIRTUAL_NODES_MAX = 10_000;

/** How points are made; all users of one key space have to agree on the first two. */
export interface HashRingOptions {
  /** Digests of a member of average weight, 1 to 10,000. Default 40, as in libketama. */
  readonly virtualNodes?: number | undefined;
  /** Points made of each digest, 1 to 4. Default 4, as in libketama; Python's `hash_ring` makes 3. */
  readonly replicas?: number | undefined;
  /** Keys whose place on the circle and whose owner is remembered; 0 remembers none. Default 5000, as in `hashring`. */
  readonly cachedKeysMax?: number | undefined;
}

/** Options of `ring`. */
export interface RingOptions extends HashRingOptions {
  /**
   * The text a peer's virtual nodes are hashed from. Default `host:port` of its first endpoint,
   * which a restart does not change, and its id where it has no port. Of several peers with one name
   * the first by id is on the ring.
   */
  readonly nameOf?: ((peer: Peer) => string) | undefined;
  /**
   * Whether suspects stay on the ring: `keep` (default) or `drop`. Only a ring that follows `view$`
   * sees suspects; in `peers$` there are none.
   */
  readonly suspects?: "keep" | "drop" | undefined;
  /** How long `previousOwner` tells who held a key before it moved, in milliseconds. Default 30,000. */
  readonly warmUpMs?: number | undefined;
  /**
   * Over how long a newcomer is given its virtual nodes, in ten steps, in milliseconds. Default 0: it
   * has all of them at once. Until it has, the mapping differs from that of `hashring`.
   */
  readonly rampMs?: number | undefined;
}

/** What a `HashRing` is made with unless told otherwise. */
export const HASH_RING_DEFAULTS = { virtualNodes: 40, replicas: 4, cachedKeysMax: 5000 } as const;

/** What a `Ring` does unless told otherwise. */
export const RING_DEFAULTS = { warmUpMs: 30_000, rampMs: 0, suspects: "keep" } as const;

const HASH_RING = {
  virtualNodes: [1, VIRTUAL_NODES_MAX],
  replicas: [1, WORDS_PER_DIGEST],
  cachedKeysMax: [0, 10_000_000],
} satisfies Record<keyof HashRingOptions, readonly [number, number]>;

const DAY_MS = 86_400_000;

const RING = {
  ...HASH_RING,
  warmUpMs: [0, DAY_MS],
  rampMs: [0, DAY_MS],
  nameOf: true,
  suspects: true,
} satisfies Record<keyof RingOptions, unknown>;

/** Refuses what a `HashRing` cannot be made with; throws `ERR_OPTION`. */
export function checkHashRing(options: HashRingOptions): void {
  checkOptions("HashRing.of", options, HASH_RING);
  checkNumbers(options, HASH_RING);
}

/** Refuses what `ring` cannot do; throws `ERR_OPTION`. */
export function checkRing(options: RingOptions): void {
  checkOptions("ring", options, RING);
  checkNumbers(options, RING);
  const { nameOf, suspects } = options;
  if (nameOf !== undefined && typeof nameOf !== "function") {
    throw new RollcallError("ERR_OPTION", "nameOf is no function");
  }
  if (suspects !== undefined && suspects !== "keep" && suspects !== "drop") {
    const text = `suspects is ${JSON.stringify(suspects)}, neither "keep" nor "drop"`;
    throw new RollcallError("ERR_OPTION", text);
  }
}

function checkNumbers(options: object, bounds: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const range = bounds[name];
    if (value === undefined || !Array.isArray(range)) continue;
    const [min, max] = range as [number, number];
    const number = typeof value === "number" ? value : NaN;
    if (Number.isInteger(number) && number >= min && number <= max) continue;
    const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
    const text = `${name} is ${shown}, not a whole number from ${min} to ${max}`;
    throw new RollcallError("ERR_OPTION", text);
  }
}
