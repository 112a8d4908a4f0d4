import type { Authority } from "./messages.ts";
import type { Entry } from "./peer.ts";

/** What one registrar says of one service. */
export interface Testimony {
  readonly authority: Authority;
  readonly entries: Iterable<Entry>;
}

/** The higher, the more it is believed. */
export const RANK: Readonly<Record<Authority, number>> = {
  live: 3,
  learning: 2,
  held: 1,
  stale: 0,
};

/** The best authority of several; `stale` of none. */
export function bestAuthority(authorities: Iterable<Authority>): Authority {
  let best: Authority = "stale";
  for (const authority of authorities) if (RANK[authority] > RANK[best]) best = authority;
  return best;
}

/** The worst authority of several; `live` of none. */
export function worstAuthority(authorities: Iterable<Authority>): Authority {
  let worst: Authority = "live";
  for (const authority of authorities) if (RANK[authority] < RANK[worst]) worst = authority;
  return worst;
}

/**
 * One list out of what several registrars say. Only a live source can vouch that a peer lives; the
 * others are heard only where no source is live. Of one peer the highest edition of the card
 * wins, whoever has it, and one source that knows it alive is enough.
 */
export function merge(testimonies: readonly Testimony[]): ReadonlyMap<string, Entry> {
  const live = testimonies.filter(({ authority }) => authority === "live");
  if (live.length === 0 || live.length === testimonies.length) return together(testimonies);
  const merged = together(live);
  for (const { authority, entries } of testimonies) {
    if (authority !== "live") showLater(merged, entries);
  }
  return merged;
}

/** What a peer said itself is true whoever tells it, as long as somebody vouches for the peer. */
function showLater(merged: Map<string, Entry>, entries: Iterable<Entry>): void {
  for (const entry of entries) {
    const shown = merged.get(entry.id);
    if (shown?.instance !== entry.instance || shown.edition >= entry.edition) continue;
    merged.set(entry.id, { ...shown, edition: entry.edition, card: entry.card });
  }
}

/** What those say together who are heard. */
function together(heard: readonly Testimony[]): Map<string, Entry> {
  const [only] = heard;
  // One registrar alone, as nearly always, says one thing of each id.
  if (only !== undefined && heard.length === 1) return byId(only.entries);
  // All that is said of one run is put together before two runs under one id are compared.
  const runs = new Map<string, Entry[]>();
  for (const { entries } of heard) {
    for (const entry of entries) {
      const known = runs.get(entry.id);
      if (known === undefined) runs.set(entry.id, [entry]);
      else add(known, entry);
    }
  }
  const merged = new Map<string, Entry>();
  for (const [id, known] of runs) merged.set(id, known.reduce(newer));
  return merged;
}

function byId(entries: Iterable<Entry>): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const entry of entries) found.set(entry.id, entry);
  return found;
}

function add(runs: Entry[], entry: Entry): void {
  const at = runs.findIndex(({ instance }) => instance === entry.instance);
  const other = runs[at];
  if (other === undefined) runs.push(entry);
  else runs[at] = joined(other, entry);
}

/** What two sources say of one run. */
function joined(a: Entry, b: Entry): Entry {
  const alive = a.standing === "alive" ? a : b;
  const shown = b.edition > a.edition ? b : a;
  if (shown.standing === alive.standing) return shown;
  return { ...shown, standing: alive.standing, cause: alive.cause };
}

/** Two runs under one id: the one that is alive, else the one that joined later. */
function newer(a: Entry, b: Entry): Entry {
  if (a.standing !== b.standing) return a.standing === "alive" ? a : b;
  if (a.card.joinedAt !== b.card.joinedAt) return a.card.joinedAt > b.card.joinedAt ? a : b;
  return a.instance > b.instance ? a : b;
}
