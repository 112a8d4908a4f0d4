import { changesBetween, comparePeers, isSameCard } from "./changes.ts";
import type { Change, Name } from "./changes.ts";
import { rememberedOf } from "./departures.ts";
import type { Follower } from "./follower.ts";
import { bestAuthority, merge, RANK, worstAuthority } from "./merge.ts";
import type { Testimony } from "./merge.ts";
import type { Authority } from "./messages.ts";
import { causeOf, isUsable, peerOf, runKey } from "./peer.ts";
import type { Entry, LeftCause, Peer } from "./peer.ts";

/** Where one part of a listing comes from. */
export interface Source {
  /** The registrar's place in the client's list. */
  readonly source: number;
  readonly service: string;
  readonly epoch: string | null;
  readonly revision: number;
  readonly authority: Authority;
}

/** What a consumer holds at one moment. */
export interface Listing {
  readonly authority: Authority;
  /** Alive and suspect, sorted by id. */
  readonly peers: readonly Peer[];
  /** Those of standing alive and status neither draining nor critical. */
  readonly usable: readonly Peer[];
  readonly sources: readonly Source[];
  /** The latest message of the best sources, in machine time. */
  readonly asOfMs: number;
}

/**
 * Makes listings out of what the followers hold, and tells two listings apart. Peers keep their
 * identity as objects while nothing about them changes.
 */
export class Lister {
  readonly #followers: readonly Follower[];
  readonly #peers = new WeakMap<Entry, Peer>();
  /** Why a suspect is suspect; the public shape of a peer does not say. */
  readonly #suspicions = new WeakMap<Peer, LeftCause>();
  readonly #left = new Map<string, true>();
  /** Peers of the longest listing: as many of those who left are remembered, where no registrar does. */
  #most = 0;
  /** Those of the latest listing, sorted. */
  #listed: readonly Peer[] = [];
  #usable: readonly Peer[] = [];

  constructor(followers: readonly Follower[]) {
    this.#followers = followers;
  }

  list(): Listing {
    const [only] = this.#followers;
    if (only !== undefined && this.#followers.length === 1) return this.#listOf(only);
    const peers: Peer[] = [];
    const told: Authority[] = [];
    for (const service of this.#services()) {
      const testimonies = this.#testimonies(service);
      if (testimonies.length === 0) continue;
      told.push(bestAuthority(testimonies.map((testimony) => testimony.authority)));
      for (const entry of merge(testimonies).values()) peers.push(this.#peer(service, entry));
    }
    const best = bestAuthority(this.#followers.map((follower) => follower.authority));
    const authority = told.length === 0 ? best : worstAuthority(told);
    return this.#listing(peers, authority, this.#asOfMs(best));
  }

  /** One registrar alone, as nearly always, is believed as it is, and there is nothing to merge. */
  #listOf(follower: Follower): Listing {
    const peers: Peer[] = [];
    for (const list of follower.lists.values()) {
      if (list.epoch === null) continue;
      for (const entry of list.entries()) peers.push(this.#peer(list.service, entry));
    }
    return this.#listing(peers, follower.authority, follower.heardMs);
  }

  /** Its lists are frozen, because every subscriber is shown the same arrays. */
  #listing(peers: Peer[], authority: Authority, asOfMs: number): Listing {
    if (peers.length > 1) peers.sort(comparePeers);
    this.#listed = Object.freeze(peers);
    this.#most = Math.max(this.#most, peers.length);
    this.#usable = peers.every(isUsable) ? this.#listed : Object.freeze(peers.filter(isUsable));
    const sources = this.#sources();
    return { authority, peers: this.#listed, usable: this.#usable, sources, asOfMs };
  }

  /** The usable peers of the latest listing. */
  get usable(): readonly Peer[] {
    return this.#usable;
  }

  /** What turns one list of usable peers into that of a listing, with causes. */
  changes(before: readonly Peer[] | null, after: Listing): readonly Change[] {
    return changesBetween(before, after.usable, {
      whyLeft: (peer) => this.#whyLeft(peer, after),
      wasHere: (peer) => this.#left.has(runKey(peer)) || this.#departure(peer) !== undefined,
    });
  }

  /** Remembers who left, so that they return instead of being new. */
  remember(changes: readonly Change[]): void {
    for (const { kind, peer } of changes) {
      if (kind !== "left" || this.#departure(peer) !== undefined) continue;
      this.#left.set(runKey(peer), true);
      if (this.#left.size <= rememberedOf(this.#most)) continue;
      const [oldest] = this.#left.keys();
      if (oldest !== undefined) this.#left.delete(oldest);
    }
  }

  /** What any follower holds a list of. */
  #services(): Iterable<string> {
    return new Set(this.#followers.flatMap((follower) => [...follower.lists.keys()]));
  }

  #testimonies(service: string): Testimony[] {
    const testimonies: Testimony[] = [];
    for (const follower of this.#followers) {
      const entries = follower.entries(service);
      if (entries === undefined) continue;
      // Before runs are compared: one that has said goodbye must not stand before one that lives.
      const present = [...entries].filter((entry) => !this.#saidGoodbye(service, entry));
      testimonies.push({ authority: follower.authority, entries: present });
    }
    return testimonies;
  }

  /** A goodbye ends a run for good, whoever heard it; another registrar may not know it yet. */
  #saidGoodbye(service: string, entry: Entry): boolean {
    return this.#followers.some(
      ({ departures }) => departures.causeOf(service, entry) === "goodbye",
    );
  }

  #sources(): Source[] {
    const sources: Source[] = [];
    let source = 0;
    for (const { authority, lists } of this.#followers) {
      for (const { service, epoch, revision } of lists.values()) {
        sources.push({ source, service, epoch, revision, authority });
      }
      source += 1;
    }
    return sources;
  }

  /** When the best of them were heard last. */
  #asOfMs(best: Authority): number {
    let asOfMs = 0;
    for (const { authority, heardMs } of this.#followers) {
      if (authority === best) asOfMs = Math.max(asOfMs, heardMs);
    }
    return asOfMs;
  }

  #whyLeft(was: Peer, after: Listing): { readonly peer: Peer; readonly cause: LeftCause } {
    const now = findPeer(after.peers, was);
    if (now?.instance === was.instance)
      return { peer: now, cause: causeOf(now, this.#suspicions.get(now) ?? null) };
    // What is unknown of it may be an earlier absence; that its id has another run is known.
    const told = this.#departure(was) ?? "unknown";
    const cause = told === "unknown" && now !== undefined ? "replaced" : told;
    return { peer: { ...was, standing: "gone" }, cause };
  }

  /** Told by whoever is to be believed most: one that fell silent may know an older story. */
  #departure(peer: Peer): LeftCause | undefined {
    let first: LeftCause | undefined;
    for (const follower of this.#byAuthority()) {
      const cause = follower.departures.causeOf(peer.service, peer);
      // Final, while another cause may be that of an earlier absence.
      if (cause === "goodbye") return cause;
      first ??= cause;
    }
    return first;
  }

  #byAuthority(): readonly Follower[] {
    if (this.#followers.length < 2) return this.#followers;
    return this.#followers.toSorted((a, b) => RANK[b.authority] - RANK[a.authority]);
  }

  #peer(service: string, entry: Entry): Peer {
    const known = this.#peers.get(entry);
    if (known !== undefined) return known;
    const was = findPeer(this.#listed, { service, id: entry.id });
    const peer = was !== undefined && isShownBy(was, entry) ? was : peerOf(service, entry);
    if (entry.cause !== null) this.#suspicions.set(peer, entry.cause);
    this.#peers.set(entry, peer);
    return peer;
  }
}

/** True where an entry says of a peer what it shows already, though from elsewhere or anew. */
function isShownBy(peer: Peer, entry: Entry): boolean {
  const isSame = peer.instance === entry.instance && peer.standing === entry.standing;
  const isAtRest = peer.stalledMs === undefined && entry.stalledMs === 0;
  return isSame && isAtRest && isSameCard(peer, entry.card);
}

/** Finds a peer by name in a sorted list. */
function findPeer(peers: readonly Peer[], like: Name): Peer | undefined {
  let low = 0;
  let high = peers.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const peer = peers[middle];
    if (peer === undefined) return undefined;
    const order = comparePeers(peer, like);
    if (order === 0) return peer;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
