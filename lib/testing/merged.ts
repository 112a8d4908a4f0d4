import { isSameCard } from "../core/changes.ts";
import type { Listing } from "../core/listing.ts";
import type { Authority } from "../core/messages.ts";
import type { Card, Entry, Peer } from "../core/peer.ts";
import type { ConsumerFacts, Facts } from "./facts.ts";

/** What one registrar says of one service, as the consumer holds it. */
interface Word {
  readonly authority: Authority;
  /** This run of the registrar is not its first: some of the run before may be waited for. */
  readonly isLater: boolean;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** One run of a peer, as those who are heard say together. */
interface Run {
  readonly entry: Entry;
  readonly isAlive: boolean;
}

/**
 * Makes by itself, out of what was published, what a merged list has to be, as the table of
 * several registrars in the protocol says, and compares. Returns what is wrong.
 */
export function wrongMerge(
  facts: Facts,
  consumer: ConsumerFacts,
  listing: Listing,
): string | undefined {
  const held = new Map(listing.peers.map((peer) => [keyOf(peer), peer]));
  for (const service of new Set(listing.sources.map((source) => source.service))) {
    const words = wordsOf(facts, { consumer, sources: listing.sources }, service);
    if (typeof words === "string") return words;
    const wrong = wrongService({ facts, consumer, service, held, words, listing });
    if (wrong !== undefined) return wrong;
  }
  const [extra] = held.values();
  if (extra === undefined || isAwaited(facts, consumer)) return undefined;
  return `holds ${extra.id} of ${extra.service}, whom nobody who is heard vouches for`;
}

function wordsOf(
  facts: Facts,
  { consumer, sources }: { readonly consumer: ConsumerFacts } & Pick<Listing, "sources">,
  service: string,
): readonly Word[] | string {
  const words: Word[] = [];
  for (const { source, service: of, epoch, revision, authority } of sources) {
    if (of !== service || epoch === null) continue;
    const entries = facts.published(epoch, service, revision);
    if (entries === undefined)
      return `holds revision ${revision} of ${service}, which was never published`;
    const isLater = (startsBySource(facts, consumer)[source] ?? 0) > 1;
    words.push({ authority, isLater, entries });
  }
  return words;
}

/** What is as it should be is taken out of `held`. */
function wrongService(of: {
  readonly facts: Facts;
  readonly consumer: ConsumerFacts;
  readonly service: string;
  readonly held: Map<string, Peer>;
  readonly words: readonly Word[];
  readonly listing: Listing;
}): string | undefined {
  const { facts, consumer, service, held, words, listing } = of;
  const live = words.filter(({ authority }) => authority === "live");
  // One that follows all may be live and have nobody to name, and so no list.
  const isLive =
    live.length > 0 ||
    listing.authority === "live" ||
    (consumer.services.includes("*") && hasSilentLive(listing.sources, service));
  const heard = isLive ? live : words;
  const isWaiting = heard.some(({ isLater }) => isLater);
  // Whoever is heard: a later card of the run before may still be held.
  const isKept = words.some(({ isLater }) => isLater);
  const known = runsOf(words);
  for (const [id, runs] of runsOf(heard)) {
    const peer = held.get(`${service} ${id}`);
    held.delete(`${service} ${id}`);
    const all = [...runs.values()];
    const staying = all.filter(({ entry }) => !saidGoodbye(facts, entry.instance));
    // One that has said goodbye is shown by who has not heard of that yet, and by nobody else.
    if (peer === undefined ? staying.length === 0 : saidGoodbye(facts, peer.instance)) continue;
    const run = (staying.length > 0 ? staying : all).reduce(better);
    const latest = peer && known.get(id)?.get(peer.instance)?.entry.card;
    const what = { run, isWaiting, latest, isKept };
    const wrong = peer === undefined ? "lacks" : wrongPeer(peer, runs, what);
    if (wrong !== undefined)
      return `${wrong} ${id} of ${service}, whom ${heard.length} registrars list`;
  }
  return undefined;
}

/** Some registrar is live, of which all is followed, and it has no list of this service. */
function hasSilentLive(sources: Listing["sources"], service: string): boolean {
  const named = sources.filter((one) => one.service === service).map(({ source }) => source);
  return sources.some(({ source, authority }) => authority === "live" && !named.includes(source));
}

function runsOf(words: readonly Word[]): ReadonlyMap<string, Map<string, Run>> {
  const ids = new Map<string, Map<string, Run>>();
  for (const { entries } of words) {
    for (const entry of entries.values()) {
      const runs = ids.get(entry.id) ?? new Map<string, Run>();
      ids.set(entry.id, runs);
      const known = runs.get(entry.instance);
      const isAlive = entry.standing === "alive" || known?.isAlive === true;
      const isNewer = known === undefined || entry.edition > known.entry.edition;
      runs.set(entry.instance, { entry: isNewer ? entry : known.entry, isAlive });
    }
  }
  return ids;
}

/** The one that is alive, else the one that joined later. */
function better(a: Run, b: Run): Run {
  if (a.isAlive !== b.isAlive) return a.isAlive ? a : b;
  const [joinedA, joinedB] = [a.entry.card.joinedAt, b.entry.card.joinedAt];
  if (joinedA !== joinedB) return joinedA > joinedB ? a : b;
  return a.entry.instance > b.entry.instance ? a : b;
}

function wrongPeer(
  peer: Peer,
  runs: ReadonlyMap<string, Run>,
  {
    run,
    isWaiting,
    latest,
    isKept,
  }: {
    readonly run: Run;
    readonly isWaiting: boolean;
    /** Of all that are known, heard or not. */
    readonly latest: Card | undefined;
    readonly isKept: boolean;
  },
): string | undefined {
  const own = runs.get(peer.instance);
  // An earlier run of the registrar may have known another process under this id.
  if (peer.instance !== run.entry.instance)
    return isWaiting ? undefined : "holds another instance of";
  if (own === undefined) return undefined;
  const isAlive = peer.standing === "alive";
  if (isAlive !== own.isAlive && !(isWaiting && isAlive)) return `holds as ${peer.standing}`;
  const card = latest ?? own.entry.card;
  const shown = peer.stalledMs === undefined ? peer : { ...peer, status: card.status };
  return isSameCard(shown, card) || isKept ? undefined : "holds an older card of";
}

/** Whoever followed a registrar through a restart may hold some who have not come back yet. */
function isAwaited(facts: Facts, consumer: ConsumerFacts): boolean {
  return startsBySource(facts, consumer).some((starts) => starts > 1);
}

function startsBySource({ registrars }: Facts, { lines }: ConsumerFacts): readonly number[] {
  return [...lines.keys()].map((name) => registrars.get(name)?.starts ?? 0);
}

function saidGoodbye({ peers }: Facts, instance: string): boolean {
  return peers.some((peer) => peer.instance === instance && peer.saidGoodbye);
}

function keyOf({ service, id }: Peer): string {
  return `${service} ${id}`;
}
