import assert from "node:assert/strict";
import { TestScheduler } from "rxjs/testing";
import type { RunHelpers } from "rxjs/testing";
import { changesBetween, comparePeers } from "../../lib/core/changes.ts";
import type { Authority } from "../../lib/core/messages.ts";
import { causeOf, isUsable } from "../../lib/core/peer.ts";
import type { LeftCause, Peer, Standing, Status } from "../../lib/core/peer.ts";
import type { Consumer, View } from "../../lib/core/view.ts";
import { told } from "../helpers/record.ts";

/** What a view has beside its peers. */
export interface ViewOptions {
  /** Why those who are not in the list any more went, by id. Default `missed-surveys`. */
  readonly causes?: Readonly<Record<string, LeftCause>>;
  readonly authority?: Authority;
  /** Default: an anonymous consumer. */
  readonly ordinal?: number | null;
}

const MARKS: Readonly<Record<string, Pick<Peer, "standing" | "status">>> = {
  "": { standing: "alive", status: "passing" },
  "?": { standing: "suspect", status: "passing" },
  "!": { standing: "alive", status: "draining" },
  "*": { standing: "alive", status: "critical" },
};

/** A peer out of a word: `[service:]id[/run][mark]`; `?` is suspect, `!` draining, `*` critical. */
export function peerOf(word: string, change: Partial<Peer> = {}): Peer {
  const [, service = "cache", id = "", run = "1", mark = ""] =
    /^(?:(\w+):)?([\w-]+)(?:\/(\w+))?([?!*]?)$/.exec(word) ?? [];
  assert.ok(id !== "", `"${word}" is no peer`);
  return {
    id,
    instance: `${id}-${run}`,
    service,
    endpoints: [],
    address: "",
    port: 0,
    weight: 1,
    tags: [],
    metadata: {},
    joinedAt: 0,
    standing: "alive" satisfies Standing,
    status: "passing" satisfies Status,
    ...MARKS[mark],
    ...change,
  };
}

/** Makes views as a watcher does: each knows what it changed, and peers stay the same objects. */
export class Source {
  readonly #peers = new Map<string, Peer>();
  readonly #left = new Set<string>();
  #usable: readonly Peer[] | null = null;
  #revision = 0;

  /** The next view; peers are words with a blank in between. */
  view(words: string, options: ViewOptions = {}): View {
    return this.of(
      words
        .split(" ")
        .filter(Boolean)
        .map((word) => this.#peer(word)),
      options,
    );
  }

  of(given: readonly Peer[], { causes = {}, authority = "live", ordinal }: ViewOptions = {}): View {
    const peers = given.toSorted(comparePeers);
    const usable = peers.filter(isUsable);
    const changes = changesBetween(this.#usable, usable, {
      whyLeft: (peer) => {
        const now = peers.find(({ id, service }) => id === peer.id && service === peer.service);
        const cause = causes[peer.id] ?? "missed-surveys";
        if (now?.instance === peer.instance) return { peer: now, cause: causeOf(now, cause) };
        return { peer: { ...peer, standing: "gone" }, cause };
      },
      wasHere: (peer) => this.#left.has(peer.instance),
    });
    for (const { kind, peer } of changes) if (kind === "left") this.#left.add(peer.instance);
    this.#usable = usable;
    const consumer: Consumer =
      ordinal === undefined ? { kind: "anonymous" } : { kind: "named", ordinal };
    this.#revision += 1;
    const rest = { revision: this.#revision, asOf: this.#revision, sources: [] };
    return { service: "cache", authority, peers, changes, consumer, ...rest };
  }

  #peer(word: string): Peer {
    const known = this.#peers.get(word) ?? peerOf(word);
    this.#peers.set(word, known);
    return known;
  }
}

/** A peer as the word it was made of; of another service than `cache` with its name. */
export function wordOf(peer: Peer): string {
  const service = peer.service === "cache" ? "" : `${peer.service}:`;
  const run = peer.instance.endsWith("-1") ? "" : `/${peer.instance.split("-").at(-1) ?? ""}`;
  if (peer.standing !== "alive") return `${service}${peer.id}${run}?`;
  const mark = peer.status === "draining" ? "!" : peer.status === "critical" ? "*" : "";
  return `${service}${peer.id}${run}${mark}`;
}

/** The peers of a view in words, and its authority where that is not `live`. */
export function shown(view: View): string {
  const words = view.peers.map(wordOf).join(" ");
  return view.authority === "live" ? words : `${words} (${view.authority})`;
}

/** The changes of a view in words. */
export function toldBy(view: View): readonly string[] {
  return view.changes.map(told);
}

/** Ends where the changes of views lead, applied to what was there before. */
export function applied(before: ReadonlySet<string>, view: View): ReadonlySet<string> {
  const after = new Set(before);
  const nameOf = (peer: Peer): string => `${peer.service}:${peer.id}/${peer.instance}`;
  for (const { kind, peer } of view.changes) {
    const name = nameOf(peer);
    if (kind === "joined") assert.ok(!after.has(name), `${name} joined twice`);
    else assert.ok(after.has(name), `${name} ${kind} but was not there`);
    if (kind === "left") after.delete(name);
    else after.add(name);
  }
  const usable = view.peers.filter(isUsable).map(nameOf);
  assert.deepEqual([...after].toSorted(), usable.toSorted());
  return after;
}

/** Runs marbles; a frame is a millisecond. */
export function marbles(run: (helpers: RunHelpers) => void): void {
  new TestScheduler((found, expected) => assert.deepEqual(found, expected)).run(run);
}
