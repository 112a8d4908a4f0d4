import type { Departures } from "./departures.ts";
import type { HeldList } from "./held-list.ts";
import type { Peer } from "./peer.ts";

/** What one registrar said, as far as fences are concerned. */
interface Told {
  readonly lists: ReadonlyMap<string, HeldList>;
  readonly departures: Departures;
}

/** The usable peers that subscribers have. */
interface Shown {
  readonly usable: readonly Peer[];
}

/** A revision that subscribers have, with all before it. */
export interface Passed {
  readonly service: string;
  readonly revision: number;
}

/**
 * Revisions that a registrar wants acknowledged. A fence is passed once the list of this registrar
 * stands at it and nobody whom it says has left or drains is still given out: the merged list counts,
 * because another registrar may not know it yet.
 */
export class FenceList {
  readonly #told: Told;
  /** The latest of each service; an earlier one is passed with it. */
  readonly #open = new Map<string, number>();

  constructor(told: Told) {
    this.#told = told;
  }

  note(service: string, revision: number): void {
    this.#open.set(service, Math.max(revision, this.#open.get(service) ?? 0));
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  clear(): void {
    this.#open.clear();
  }

  /** Those that are passed, each of them once. */
  passed(shown: Shown): readonly Passed[] {
    const passed: Passed[] = [];
    for (const [service, revision] of this.#open) {
      if ((this.#told.lists.get(service)?.revision ?? -1) < revision) continue;
      if (shown.usable.some((peer) => peer.service === service && this.#isOver(peer))) continue;
      this.#open.delete(service);
      passed.push({ service, revision });
    }
    return passed;
  }

  #isOver(peer: Peer): boolean {
    const { lists, departures } = this.#told;
    if (departures.causeOf(peer.service, peer) === "goodbye") return true;
    const entry = lists.get(peer.service)?.find(peer.id);
    return entry?.instance === peer.instance && entry.card.status === "draining";
  }
}
