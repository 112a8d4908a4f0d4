import { distinctUntilChanged, map } from "rxjs";
import type { OperatorFunction } from "rxjs";
import { isSameCard } from "../core/changes.ts";
import { isUsable } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";

/**
 * What a pool wants, as the end of a pipeline: the usable peers of each view (alive, neither
 * draining nor critical), sorted by id, and only when they differ from those before.
 */
export function peersOf(): OperatorFunction<View, readonly Peer[]> {
  return (source) =>
    source.pipe(
      map((view) => Object.freeze(view.peers.filter(isUsable))),
      distinctUntilChanged(isSameList),
    );
}

function isSameList(a: readonly Peer[], b: readonly Peer[]): boolean {
  return a.length === b.length && a.every((peer, i) => isSamePeer(peer, b[i]));
}

function isSamePeer(a: Peer, b: Peer | undefined): boolean {
  if (a === b) return true;
  if (b === undefined) return false;
  const isSameRun = a.service === b.service && a.id === b.id && a.instance === b.instance;
  return isSameRun && isSameCard(a, b);
}
