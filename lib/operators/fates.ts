import { causeOf, isUsable } from "../core/peer.ts";
import type { JoinedCause, LeftCause, Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";
import { byName, nameKey } from "./keys.ts";
import { runKey } from "../core/peer.ts";

/** What became of a peer that is not in a list of usable peers any more. */
export interface Fate {
  /**
   * As it is now; of standing `gone` if nothing says otherwise. A *usable* one is not lost: it lives
   * and was merely deselected, by a filter or because others were preferred.
   */
  readonly peer: Peer;
  readonly cause: LeftCause;
  /** True where somebody else is listed under its name. */
  readonly isSucceeded: boolean;
}

/**
 * What one subscriber has been told about departures. The changes of a view say why somebody left,
 * but only once, and only relative to the view before it; who shows a departure later, or missed
 * that view, asks here.
 */
export class Fates {
  readonly #told = new Map<string, { readonly peer: Peer; readonly cause: LeftCause }>();
  #joined: ReadonlyMap<string, JoinedCause> = new Map();
  #listed: ReadonlyMap<string, Peer> = new Map();

  /** Takes in a view as it came. */
  learn(view: View): void {
    const joined = new Map<string, JoinedCause>();
    for (const change of view.changes) {
      const key = runKey(change.peer);
      if (change.kind === "left") this.#told.set(key, change);
      if (change.kind === "joined") joined.set(key, change.cause);
    }
    this.#joined = joined;
    this.#listed = byName(view.peers);
    // Whoever is back has no fate, even if the view that said so was missed.
    for (const [key, { peer }] of this.#told) {
      const now = this.#listed.get(nameKey(peer));
      if (now?.instance === peer.instance && isUsable(now)) this.#told.delete(key);
    }
  }

  /** Why a peer that was usable is not shown, as far as anybody has said. */
  of(peer: Peer): Fate {
    const told = this.#told.get(runKey(peer));
    const now = this.#listed.get(nameKey(peer));
    if (now?.instance === peer.instance) {
      return { peer: now, cause: causeOf(now, told?.cause ?? null), isSucceeded: false };
    }
    const isSucceeded = now !== undefined;
    if (told !== undefined) return { ...told, isSucceeded };
    const cause = isSucceeded ? "replaced" : "unknown";
    return { peer: { ...peer, standing: "gone" }, cause, isSucceeded };
  }

  /** Whether the latest view calls a peer returned; undefined where it does not say. */
  hasReturned(peer: Peer): boolean | undefined {
    const cause = this.#joined.get(runKey(peer));
    return cause === "returned" ? true : cause === "new" ? false : undefined;
  }

  /** Forgets all but these: whoever is not shown any more will not be asked for. */
  keepOnly(shown: readonly Peer[]): void {
    if (this.#told.size === 0) return;
    const keys = new Set(shown.map(runKey));
    for (const key of this.#told.keys()) if (!keys.has(key)) this.#told.delete(key);
  }
}
