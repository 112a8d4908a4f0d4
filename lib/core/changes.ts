import type { Card, JoinedCause, LeftCause, Peer } from "./peer.ts";

/** One difference between two lists of usable peers. */
export type Change =
  | { readonly kind: "joined"; readonly peer: Peer; readonly cause: JoinedCause }
  | { readonly kind: "updated"; readonly peer: Peer; readonly cause: "updated" }
  | { readonly kind: "left"; readonly peer: Peer; readonly cause: LeftCause };

/** What is known beside the two lists. */
export interface ChangeContext {
  /** Why a peer that was in the list is not in it now; `peer` is as it was. */
  readonly whyLeft: (peer: Peer) => { readonly peer: Peer; readonly cause: LeftCause };
  /** True for a peer that was here before and had left. */
  readonly wasHere: (peer: Peer) => boolean;
}

/** What tells peers apart. */
export type Name = Pick<Peer, "id" | "service">;

/** The order of every list: by id, then by service, by code unit. */
export function comparePeers(a: Name, b: Name): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.service === b.service) return 0;
  return a.service < b.service ? -1 : 1;
}

/**
 * What turns `before` into `after`, both sorted; `null` is before the first list, whose peers are
 * `present`. A restart under the same id is a leave and a join. Departures come first.
 */
export function changesBetween(
  before: readonly Peer[] | null,
  after: readonly Peer[],
  context: ChangeContext,
): readonly Change[] {
  if (before === null) return after.map((peer) => ({ kind: "joined", peer, cause: "present" }));
  if (before === after) return [];
  const left: Change[] = [];
  const came: Change[] = [];
  const leave = (peer: Peer): void => void left.push({ kind: "left", ...context.whyLeft(peer) });
  const join = (peer: Peer): void => {
    came.push({ kind: "joined", peer, cause: context.wasHere(peer) ? "returned" : "new" });
  };
  let a = 0;
  let b = 0;
  while (a < before.length || b < after.length) {
    const was = before[a];
    const is = after[b];
    const order = was === undefined ? 1 : is === undefined ? -1 : comparePeers(was, is);
    if (order <= 0) a += 1;
    if (order >= 0) b += 1;
    if (order < 0 && was !== undefined) leave(was);
    else if (order > 0 && is !== undefined) join(is);
    else if (was === undefined || is === undefined || was === is) continue;
    else if (was.instance !== is.instance) {
      leave(was);
      join(is);
    } else if (!isSameCard(was, is)) came.push({ kind: "updated", peer: is, cause: "updated" });
  }
  return left.length === 0 ? came : came.length === 0 ? left : [...left, ...came];
}

/** True where nothing turns one list into the other. */
export function isSameList(a: readonly Peer[], b: readonly Peer[]): boolean {
  return a.length === b.length && a.every((peer, at) => isSamePeer(peer, b[at]));
}

function isSamePeer(a: Peer, b: Peer | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || comparePeers(a, b) !== 0) return false;
  return a.instance === b.instance && isSameCard(a, b);
}

/** True where two cards say the same. */
export function isSameCard(a: Card, b: Card): boolean {
  return (
    a.status === b.status &&
    a.weight === b.weight &&
    a.version === b.version &&
    a.zone === b.zone &&
    a.joinedAt === b.joinedAt &&
    isSameRecord(a.metadata, b.metadata) &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, i) => tag === b.tags[i]) &&
    a.endpoints.length === b.endpoints.length &&
    a.endpoints.every((endpoint, i) => isSameRecord(endpoint, b.endpoints[i] ?? {}))
  );
}

function isSameRecord(a: object, b: object): boolean {
  if (a === b) return true;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}
