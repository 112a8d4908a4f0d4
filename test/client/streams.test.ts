import assert from "node:assert/strict";
import { test } from "node:test";
import { TestScheduler } from "rxjs/testing";
import { map, tap } from "rxjs";
import type { Observable } from "rxjs";
import { Streams } from "../../lib/client/streams.ts";
import type { Change } from "../../lib/core/changes.ts";
import type { Follower } from "../../lib/core/follower.ts";
import { Lister } from "../../lib/core/listing.ts";
import type { Listing } from "../../lib/core/listing.ts";
import { isUsable } from "../../lib/core/peer.ts";
import type { Peer } from "../../lib/core/peer.ts";
import type { Consumer } from "../../lib/core/view.ts";
import { told } from "../helpers/record.ts";

const consumer = (): Consumer => ({ kind: "anonymous" });

/** A lister whose list is set by the test: `a b` are usable, `c?` is suspect, `d!` drains. */
class ScriptedLister extends Lister {
  readonly #peers = new Map<string, Peer>();
  #listing: Listing = listing([]);

  constructor() {
    const followers: readonly Follower[] = [];
    super(followers);
  }

  set(words: string, authority: Listing["authority"] = "live"): void {
    const peers = words
      .split(" ")
      .filter(Boolean)
      .map((word) => this.#peer(word));
    this.#listing = listing(peers, authority);
  }

  override list(): Listing {
    return this.#listing;
  }

  #peer(word: string): Peer {
    const known = this.#peers.get(word) ?? peer(word);
    this.#peers.set(word, known);
    return known;
  }
}

function peer(word: string): Peer {
  return {
    id: word.replace(/[?!]$/, ""),
    instance: "i",
    service: "cache",
    endpoints: [],
    address: "",
    port: 0,
    weight: 1,
    tags: [],
    metadata: {},
    joinedAt: 0,
    standing: word.endsWith("?") ? "suspect" : "alive",
    status: word.endsWith("!") ? "draining" : "passing",
  };
}

function listing(peers: readonly Peer[], authority: Listing["authority"] = "live"): Listing {
  return { authority, peers, usable: peers.filter(isUsable), sources: [], asOfMs: 0 };
}

/** `expected` of a stream while lists come and go as `lists` says; `|` closes the handle. */
function marbles(
  lists: string,
  values: Readonly<Record<string, string>>,
  check: (streams: Streams, run: RunOf) => void,
): void {
  new TestScheduler((actual, expected) => assert.deepEqual(actual, expected)).run((helpers) => {
    const lister = new ScriptedLister();
    const streams = new Streams({ lister, services: ["cache"], registrars: [], consumer });
    const script$ = helpers.hot<string>(lists, values);
    script$.subscribe({
      next: (text) => {
        const [words = "", authority = "live"] = text.split("/");
        lister.set(words, authority as Listing["authority"]);
        streams.show();
        streams.tell();
      },
      complete: () => streams.complete(),
    });
    check(streams, {
      expect: (stream$, expectedMarbles, expectedValues, subscription) =>
        helpers.expectObservable(stream$, subscription).toBe(expectedMarbles, expectedValues),
    });
  });
}

interface RunOf {
  readonly expect: (
    stream$: Observable<string>,
    expectedMarbles: string,
    expectedValues?: Readonly<Record<string, string>>,
    subscription?: string,
  ) => void;
}

const idsOf = (peers: readonly Peer[]): string => peers.map(({ id }) => id).join(" ");

test("peers$ says each list once, replays the latest, and completes on close", () => {
  const lists = { a: "", b: "x", c: "x y", d: "x y z?" };
  marbles("        --a-b-bc-d--|", lists, (streams, run) => {
    const peers$ = text(streams.peers$, idsOf);
    run.expect(peers$, "--a-b--c----|", { a: "", b: "x", c: "x y" });
    run.expect(peers$, "-----b-c----|", { b: "x", c: "x y" }, "-----^");
    run.expect(peers$, "----------c-|", { c: "x y" }, "----------^");
    run.expect(peers$, "---------------(c|)", { c: "x y" }, "---------------^");
    run.expect(peers$, "--a-b", { a: "", b: "x" }, "^-----!");
  });
});

test("before the first list there is nothing, and closing then completes with nothing", () => {
  marbles("     ---|", {}, (streams, run) => {
    run.expect(text(streams.peers$, idsOf), "---|");
    run.expect(text(streams.changes$, told), "---|");
    run.expect(
      text(streams.view$, () => ""),
      "---|",
    );
  });
});

test("the draining and the suspect leave peers$ and stay in view$", () => {
  const lists = { a: "x y", b: "x! y", c: "x! y?", d: "x y" };
  marbles("     a--b--c--d|", lists, (streams, run) => {
    run.expect(text(streams.peers$, idsOf), "a--b--c--d|", { a: "x y", b: "y", c: "", d: "x y" });
    run.expect(
      text(streams.view$, (view) => `${view.revision} ${idsOf(view.peers)}`),
      "              a--b--c--d|",
      { a: "1 x y", b: "2 x y", c: "3 x y", d: "4 x y" },
    );
  });
});

test("changes$ starts with those present and goes on with differences, departures first", () => {
  const lists = { a: "x y", b: "y z", c: "x! y z" };
  const said = {
    p: "joined x (present)",
    q: "joined y (present)",
    r: "joined z (present)",
    l: "left x (unknown)",
    n: "joined z (new)",
  };
  marbles("                              a-----b------|", lists, (streams, run) => {
    const changes$ = text(streams.changes$, told);
    run.expect(changes$, "                         (pq)--(ln)---|", said);
    run.expect(changes$, "                         -------(qr)--|", said, "-------^");
  });
});

test("who drains and comes back has returned, who left and comes back too", () => {
  const lists = { a: "x", b: "x!", c: "x", d: "", e: "x" };
  const said = {
    p: "joined x (present)",
    d: "left x (draining)",
    r: "joined x (returned)",
    u: "left x (unknown)",
  };
  marbles("                                 a-b-c-d-e|", lists, (streams, run) => {
    run.expect(text(streams.changes$, told), "p-d-r-u-r|", said);
  });
});

test("view$ tells a change of trust alone, with no changes, and peers$ does not", () => {
  const lists = { a: "x/learning", b: "x/live", c: "x/stale" };
  marbles("                       a--b--bc-|", lists, (streams, run) => {
    const view$ = text(streams.view$, ({ authority, changes }) => authority + changes.length);
    run.expect(view$, "                  a--b---c-|", { a: "learning1", b: "live0", c: "stale0" });
    run.expect(text(streams.peers$, idsOf), "a--------|", { a: "x" });
  });
});

test("each subscriber's changes are relative to what it saw last", () => {
  const lists = { a: "x", b: "x y", c: "y" };
  const show = (view: { readonly changes: readonly Change[] }): string =>
    view.changes.map(told).join(", ");
  marbles("                              a--b--c|", lists, (streams, run) => {
    run.expect(text(streams.view$, show), "a--b--c|", {
      a: "joined x (present)",
      b: "joined y (new)",
      c: "left x (unknown)",
    });
    run.expect(
      text(streams.view$, show),
      "                             ----b-c|",
      { b: "joined x (present), joined y (present)", c: "left x (unknown)" },
      "                             ----^",
    );
  });
});

test("a subscriber that throws away an emission costs the others nothing", () => {
  const lists = { a: "x", b: "x y" };
  marbles("                               a--b|", lists, (streams, run) => {
    const seen: string[] = [];
    text(streams.peers$, idsOf)
      .pipe(tap((ids) => seen.push(ids)))
      .subscribe()
      .unsubscribe();
    run.expect(text(streams.peers$, idsOf), "a--b|", { a: "x", b: "x y" });
    assert.deepEqual(seen, []);
  });
});

test("connection$ begins with connecting, replays the latest, and ends with closed", () => {
  const streams = new Streams({
    lister: new ScriptedLister(),
    services: ["a"],
    registrars: [],
    consumer,
  });
  const seen: string[] = [];
  const watch = (name: string): void => {
    streams.connection$.subscribe({
      next: ({ kind }) => seen.push(`${name} ${kind}`),
      complete: () => seen.push(`${name} completes`),
    });
  };
  watch("early");
  streams.connect({ kind: "live" });
  watch("late");
  streams.complete();
  streams.complete();
  watch("after");
  assert.deepEqual(seen, [
    "early connecting",
    "early live",
    "late live",
    "early closed",
    "late closed",
    "early completes",
    "late completes",
    "after closed",
    "after completes",
  ]);
});

/** Marbles compare values; what matters of them is put into a word. */
function text<T>(source$: Observable<T>, show: (value: T) => string): Observable<string> {
  return source$.pipe(map(show));
}

/** A list was shown, and is not told yet. */
function shownOnly(): { readonly streams: Streams; readonly seen: string[] } {
  const lister = new ScriptedLister();
  const streams = new Streams({ lister, services: ["cache"], registrars: [], consumer });
  const seen: string[] = [];
  lister.set("x");
  streams.show();
  streams.tell();
  streams.peers$.subscribe((peers) => seen.push(`peers ${idsOf(peers)}`));
  streams.changes$.subscribe({
    next: (change) => seen.push(told(change)),
    complete: () => seen.push("end"),
  });
  seen.length = 0;
  lister.set("y");
  streams.show();
  assert.deepEqual(seen, ["peers y"]);
  return { streams, seen };
}

test("what was shown is told later, once", () => {
  const { streams, seen } = shownOnly();
  streams.tell();
  streams.tell();
  assert.deepEqual(seen, ["peers y", "left x (unknown)", "joined y (new)"]);
});

test("whoever looks or subscribes between a list and its view sees that list", () => {
  const ways: readonly ((streams: Streams) => readonly Peer[])[] = [
    (streams) => streams.view.peers,
    (streams) => {
      let peers: readonly Peer[] = [];
      streams.view$.subscribe((view) => (peers = view.peers));
      return peers;
    },
    (streams) => streams.peers,
  ];
  for (const look of ways) {
    const { streams, seen } = shownOnly();
    assert.equal(idsOf(look(streams)), "y");
    streams.tell();
    assert.deepEqual(seen, ["peers y", "left x (unknown)", "joined y (new)"]);
  }
});

test("a handle that closes between a list and its view tells it first", () => {
  const { streams, seen } = shownOnly();
  streams.complete();
  assert.deepEqual(seen, ["peers y", "left x (unknown)", "joined y (new)", "end"]);
});
