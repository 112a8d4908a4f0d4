import Reference from "hashring";
import type { HashRing, RingMember } from "../../lib/ring/index.ts";

/** What the ring is measured against, with the parts of it that its types do not show. */
export interface ReferenceRing {
  get(key: string): string | undefined;
  range(key: string, count: number): readonly string[];
  /** The points in order. */
  readonly ring: readonly { readonly value: number; readonly server: string }[];
  find(hash: number): number;
}

/** `hashring` over these members, its memory of keys switched off as far as it can be. */
export function referenceOf(members: readonly RingMember[], options: object = {}): ReferenceRing {
  const servers = members
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, weight = 1 }) => [name, { weight }] as const);
  const reference = new Reference(Object.fromEntries(servers), "md5", {
    "max cache size": 1,
    ...options,
  });
  return reference as unknown as ReferenceRing;
}

/** Where two rings differ: every point of the reference and its neighbours, so ties as well. */
export function differences(ours: HashRing, reference: ReferenceRing): readonly string[] {
  if (ours.size !== reference.ring.length) {
    return [`${ours.size} points, not ${reference.ring.length}`];
  }
  return reference.ring.flatMap(({ value }) =>
    [value, value + 1]
      .filter((hash) => hash < 2 ** 32)
      .filter((hash) => ours.ownerAt(hash) !== reference.ring[reference.find(hash)]?.server)
      .map((hash) => `${hash} belongs to ${ours.ownerAt(hash) ?? "nobody"}`),
  );
}

/** So many members `10.0.x.y:11211`. */
export function membersOf(count: number, weightOf: (at: number) => number = () => 1): RingMember[] {
  return Array.from({ length: count }, (_, at) => {
    return { name: `10.0.${at >> 8}.${at & 255}:11211`, weight: weightOf(at) };
  });
}

export function keysOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `user:${at}`);
}
