import { changesBetween } from "../core/changes.ts";
import type { Change } from "../core/changes.ts";
import type { Authority } from "../core/messages.ts";
import { isUsable } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";
import type { Fates } from "./fates.ts";
import { runKey } from "../core/peer.ts";

/** Departures that are remembered so that who comes back has `returned` and is not new. */
export const LEFT_MAX = 4096;

/**
 * The end of an operator: makes views whose changes are relative to what this very subscriber was
 * shown last, whatever came in between, and whose revisions rise.
 */
export class Outlet {
  readonly #fates: Fates;
  readonly #left = new Set<string>();
  #shown: readonly Peer[] | null = null;
  #revision = 0;

  constructor(fates: Fates) {
    this.#fates = fates;
  }

  /** What to emit: the view as it came, with these peers (sorted) instead of its own. */
  give(view: View, peers: readonly Peer[], authority: Authority = view.authority): View {
    const changes = this.changesTo(peers);
    // As it came wherever possible; an operator that speaks more often counts on.
    this.#revision = Math.max(view.revision, this.#revision + 1);
    // Frozen, as those of a watcher are: several subscribers may be shown the same arrays.
    const frozen = Object.freeze(peers);
    return { ...view, revision: this.#revision, authority, peers: frozen, changes };
  }

  /** What turns the usable ones shown last into these (sorted); they count as shown then. */
  changesTo(peers: readonly Peer[]): readonly Change[] {
    const usable = peers.filter(isUsable);
    const changes = changesBetween(this.#shown, usable, {
      whyLeft: (peer) => {
        const { peer: now, cause } = this.#fates.of(peer);
        return { peer: now, cause };
      },
      wasHere: (peer) => this.#fates.hasReturned(peer) ?? this.#left.has(runKey(peer)),
    });
    for (const { kind, peer } of changes) if (kind === "left") this.#remember(peer);
    this.#shown = usable;
    return changes;
  }

  #remember(peer: Peer): void {
    this.#left.add(runKey(peer));
    const [oldest] = this.#left;
    if (this.#left.size > LEFT_MAX && oldest !== undefined) this.#left.delete(oldest);
  }
}
