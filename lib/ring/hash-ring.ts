import { RollcallError } from "../core/errors.ts";
import { countsOf } from "./counts.ts";
import type { RingMember } from "./counts.ts";
import { MEMBERS_MAX, ringEdits } from "./edits.ts";
import type { Placed } from "./edits.ts";
import { hashOf } from "./hash.ts";
import { KeyMemory } from "./key-memory.ts";
import { movedBetween } from "./moved.ts";
import type { MovedRange, NamedTable } from "./moved.ts";
import { checkHashRing, HASH_RING_DEFAULTS } from "./options.ts";
import type { HashRingOptions } from "./options.ts";
import { EMPTY_TABLE, edited, seekOwner } from "./table.ts";
import type { Table } from "./table.ts";

/** A ring with other members, and what that changed. */
export interface RingUpdate {
  /** The same object where nothing changed. */
  readonly ring: HashRing;
  readonly moved: readonly MovedRange[];
}

/** What versions of a ring have in common. */
interface Shared {
  readonly virtualNodes: number;
  readonly replicas: number;
  readonly cachedKeysMax: number;
  /** Where keys lie, which no change of the ring changes. */
  readonly hashes: KeyMemory<number>;
}

interface State {
  readonly table: Table;
  /** In the order of names. */
  readonly placed: readonly Placed[];
  /** Names by slot; a slot that is free has none. */
  readonly names: readonly (string | undefined)[];
}

/**
 * A consistent-hash ring as libketama and the npm package `hashring` 3.2.0 build it: the same key
 * goes to the same name. It never changes; `update` makes the next one by moving the points that
 * differ. Points that two names share belong to the name that sorts first, which is what `hashring`
 * does when its servers are given in the order of names.
 */
export class HashRing {
  readonly #shared: Shared;
  readonly #state: State;
  readonly #owners: KeyMemory<string | undefined>;

  private constructor(shared: Shared, state: State) {
    this.#shared = shared;
    this.#state = state;
    this.#owners = new KeyMemory(shared.cachedKeysMax, (key) => this.ownerAt(this.hashOf(key)));
  }

  /** Throws `ERR_OPTION` for an unusable option, and for what `update` refuses. */
  static of(members: readonly RingMember[], options: HashRingOptions = {}): HashRing {
    checkHashRing(options);
    const {
      virtualNodes = HASH_RING_DEFAULTS.virtualNodes,
      replicas = HASH_RING_DEFAULTS.replicas,
      cachedKeysMax = HASH_RING_DEFAULTS.cachedKeysMax,
    } = options;
    const hashes = new KeyMemory(cachedKeysMax, hashOf);
    const shared = { virtualNodes, replicas, cachedKeysMax, hashes };
    const empty = new HashRing(shared, { table: EMPTY_TABLE, placed: [], names: [] });
    return empty.update(members).ring;
  }

  /** The names on it that own something, sorted. */
  get names(): readonly string[] {
    return this.#state.placed.filter(({ count }) => count > 0).map(({ name }) => name);
  }

  /** How many points lie on it: 160 for each of equal weights. */
  get size(): number {
    return this.#state.table.points.length;
  }

  /** Where a key lies on the circle, 0 to 2^32 - 1. */
  hashOf(key: string): number {
    return this.#shared.hashes.of(key);
  }

  /** Whose key this is; undefined where nobody owns anything. */
  owner(key: string): string | undefined {
    return this.#owners.of(key);
  }

  /** Who owns this place of the circle, 0 to 2^32 - 1. */
  ownerAt(hash: number): string | undefined {
    const { table, names } = this.#state;
    const at = seekOwner(table, hash);
    return at < 0 ? undefined : names[table.slots[at] ?? 0];
  }

  /** The owner and those who follow it on the circle: up to `count` different names, for replicas. */
  owners(key: string, count: number): readonly string[] {
    const { points, slots } = this.#state.table;
    const found = new Set<number>();
    let at = seekOwner(this.#state.table, this.hashOf(key));
    for (let seen = 0; seen < points.length && found.size < count; seen += 1) {
      found.add(slots[at] ?? 0);
      at = at + 1 === points.length ? 0 : at + 1;
    }
    return [...found].map((slot) => this.#nameOf(slot));
  }

  /**
   * The ring of other members, and what moved. Costs the points that differ and a copy of memory;
   * nothing is sorted anew. Throws `ERR_OPTION` for a name given twice or an impossible weight.
   */
  update(members: readonly RingMember[]): RingUpdate {
    const sorted = inOrder(members);
    const counts = countsOf(sorted, this.#shared.virtualNodes);
    const edits = ringEdits(this.#state, {
      wanted: sorted.map(({ name }, at) => ({ name, count: counts[at] ?? 0 })),
      replicas: this.#shared.replicas,
    });
    if (edits === undefined) return { ring: this, moved: [] };
    const { placed, names, removedAt, added } = edits;
    const table = edited(this.#state.table, removedAt, added);
    const ring = new HashRing(this.#shared, { table, placed, names });
    return { ring, moved: movedBetween(this.#named, ring.#named, edits.points) };
  }

  get #named(): NamedTable {
    return { table: this.#state.table, nameOf: (slot) => this.#nameOf(slot) };
  }

  #nameOf(slot: number): string {
    return this.#state.names[slot] ?? "";
  }
}

function inOrder(members: readonly RingMember[]): readonly RingMember[] {
  if (members.length > MEMBERS_MAX) {
    const text = `a ring of ${members.length} members, at most ${MEMBERS_MAX}`;
    throw new RollcallError("ERR_OPTION", text);
  }
  const sorted = members.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const [at, { name, weight = 1, share = 1 }] of sorted.entries()) {
    if (sorted[at + 1]?.name === name) {
      throw new RollcallError(
        "ERR_OPTION",
        `the name ${JSON.stringify(name)} is on the ring twice`,
      );
    }
    if (!(weight >= 0 && weight < Infinity && share >= 0 && share <= 1)) {
      const text = `${JSON.stringify(name)} has weight ${weight} and share ${share}`;
      throw new RollcallError("ERR_OPTION", text);
    }
  }
  return sorted;
}
