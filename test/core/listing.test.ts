import assert from "node:assert/strict";
import { test } from "node:test";
import { Follower } from "../../lib/core/follower.ts";
import type { ClientEffect } from "../../lib/core/io.ts";
import { Lister } from "../../lib/core/listing.ts";
import type {
  Authority,
  RosterChange,
  RosterMessage,
  ServiceSnapshot,
} from "../../lib/core/messages.ts";
import type { Entry, LeftCause, Peer } from "../../lib/core/peer.ts";
import { ALL, parseTopic } from "../../lib/core/topics.ts";
import { applied, assertSorted } from "./checkers.ts";
import {
  cardOf,
  CLIENT_LAN,
  deltaOf,
  entryOf,
  EPOCH,
  goneOf,
  listOf,
  OTHER_EPOCH,
  pulseOf,
  putOf,
  randomOf,
  snapshotOf,
} from "./samples.ts";

/** Several registrars that are followed, each with what it said. */
class Bench {
  readonly followers: readonly Follower[];
  readonly lister: Lister;
  readonly #requests: string[] = [];
  readonly #revisions: number[];
  nowMs = 0;

  constructor(count = 1, services: readonly string[] = ["cache"]) {
    const emit = (effect: ClientEffect): void => {
      if (effect.kind !== "subscribe" || parseTopic(effect.topic).kind !== "snapshot") return;
      this.#requests[effect.source] = effect.topic;
    };
    this.#revisions = Array.from({ length: count }, () => 1);
    this.followers = this.#revisions.map((_, source) => {
      const options = { source, services, tuning: CLIENT_LAN, random: randomOf(source + 1), emit };
      return new Follower(options);
    });
    this.lister = new Lister(this.followers);
    for (const follower of this.followers) {
      follower.follow(null, 0);
      follower.advance(0);
    }
  }

  publish(source: number, message: RosterMessage, topic = ""): void {
    this.followers[source]?.received(topic, message, this.nowMs);
    this.followers[source]?.advance(this.nowMs);
  }

  request(source: number): string {
    return this.#requests[source] ?? "";
  }

  snapshot(source: number, lists: readonly ServiceSnapshot[], authority: Authority = "live"): void {
    this.publish(source, snapshotOf(lists, { authority }), this.#requests[source]);
  }

  /** One registrar lists these and nobody else. */
  hold(source: number, ...entries: readonly Entry[]): void {
    this.snapshot(source, [listOf("cache", 1, { entries })]);
  }

  change(source: number, ...changes: readonly RosterChange[]): void {
    const revision = (this.#revisions[source] ?? 0) + 1;
    this.#revisions[source] = revision;
    this.publish(source, deltaOf(revision, changes));
  }

  /** What changed since a list, as a consumer is told. */
  told(before: readonly Peer[] | null): readonly (readonly [string, string, string])[] {
    const listing = this.lister.list();
    const changes = this.lister.changes(before, listing);
    this.lister.remember(changes);
    assert.deepEqual(applied(before ?? [], changes), listing.usable);
    return changes.map(({ kind, peer, cause }) => [kind, peer.id, cause]);
  }

  usable(): readonly string[] {
    return this.lister.list().usable.map(({ id }) => id);
  }
}

const suspected = (id: string, cause: LeftCause = "connection-lost"): RosterChange => ({
  kind: "standing",
  id,
  instance: `${id}-1`,
  standing: "suspect",
  cause,
});

test("before anything is told the list is empty, stale and of no time", () => {
  const bench = new Bench();
  assert.deepEqual(bench.lister.list(), {
    authority: "stale",
    peers: [],
    usable: [],
    sources: [],
    asOfMs: 0,
  });
});

test("peers are sorted by id, and the usable are those to be given work", () => {
  const bench = new Bench();
  bench.hold(
    0,
    entryOf("d"),
    entryOf("b", { card: cardOf({ status: "draining" }) }),
    entryOf("c", { standing: "suspect", cause: "missed-surveys" }),
    entryOf("a", { card: cardOf({ status: "critical" }) }),
    entryOf("e", { card: cardOf({ status: "warning" }) }),
  );
  const listing = bench.lister.list();
  assertSorted(listing.peers);
  assert.deepEqual(
    listing.peers.map(({ id }) => id),
    ["a", "b", "c", "d", "e"],
  );
  assert.deepEqual(
    listing.usable.map(({ id }) => id),
    ["d", "e"],
  );
  assert.equal(listing.authority, "live");
});

test("peers of several services stand side by side", () => {
  const bench = new Bench(1, [ALL]);
  const lists = ["db", "cache"].map((service) => listOf(service, 1, { entries: [entryOf("a")] }));
  bench.snapshot(0, lists);
  assert.deepEqual(
    bench.lister.list().peers.map(({ service, id }) => `${service} ${id}`),
    ["cache a", "db a"],
  );
});

test("a peer is the same object while nothing about it changes", () => {
  const bench = new Bench();
  bench.hold(0, entryOf("a"), entryOf("b"));
  const [a, b] = bench.lister.list().peers;
  bench.change(0, putOf(entryOf("b", { edition: 2, card: cardOf({ weight: 2 }) })));
  const [sameA, otherB] = bench.lister.list().peers;
  assert.equal(sameA, a);
  assert.notEqual(otherB, b);
});

test("a peer stays the same object through a snapshot, and from one registrar to the other", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, structuredClone(entryOf("a")));
  const [a] = bench.lister.list().peers;
  bench.publish(0, deltaOf(9, []));
  bench.snapshot(0, [listOf("cache", 9, { entries: [structuredClone(entryOf("a"))] })]);
  assert.equal(bench.lister.list().peers[0], a);
  bench.followers[0]?.lost(0);
  assert.equal(bench.lister.list().peers[0], a);
  bench.change(1, suspected("a"));
  assert.notEqual(bench.lister.list().peers[0], a);
});

test("a peer on which registrars differ stays the same object too", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, entryOf("a", { edition: 2, standing: "suspect", cause: "missed-surveys" }));
  const [a] = bench.lister.list().peers;
  assert.equal(a?.standing, "alive");
  assert.equal(bench.lister.list().peers[0], a);
});

type Row = readonly [why: string, changes: readonly RosterChange[], cause: LeftCause];

const DEPARTURES: readonly Row[] = [
  ["says goodbye", [goneOf("a")], "goodbye"],
  ["loses its connection", [suspected("a")], "connection-lost"],
  ["falls silent", [suspected("a", "missed-surveys")], "missed-surveys"],
  [
    "drains",
    [putOf(entryOf("a", { edition: 2, card: cardOf({ status: "draining" }) }))],
    "draining",
  ],
  [
    "is critical",
    [putOf(entryOf("a", { edition: 2, card: cardOf({ status: "critical" }) }))],
    "critical",
  ],
];

for (const [why, changes, cause] of DEPARTURES) {
  test(`who ${why} leaves with the cause ${cause}`, () => {
    const bench = new Bench();
    bench.hold(0, entryOf("a"));
    const { usable } = bench.lister.list();
    bench.change(0, ...changes);
    assert.deepEqual(bench.told(usable), [["left", "a", cause]]);
  });
}

test("a cause that changes while a peer is suspect is the later one", () => {
  const bench = new Bench();
  bench.hold(0, entryOf("a"));
  const { usable } = bench.lister.list();
  bench.change(0, suspected("a", "missed-surveys"));
  bench.lister.list();
  bench.change(0, suspected("a", "connection-lost"));
  assert.deepEqual(bench.told(usable), [["left", "a", "connection-lost"]]);
});

test("who left and comes back returns, who was never here is new", () => {
  const bench = new Bench();
  bench.hold(0, entryOf("a"));
  const { usable } = bench.lister.list();
  bench.change(0, suspected("a"));
  assert.deepEqual(bench.told(usable), [["left", "a", "connection-lost"]]);
  bench.change(0, { ...suspected("a"), standing: "alive", cause: null } as RosterChange);
  bench.change(0, putOf(entryOf("b")), putOf(entryOf("c"), true));
  assert.deepEqual(bench.told([]), [
    ["joined", "a", "returned"],
    ["joined", "b", "new"],
    ["joined", "c", "returned"],
  ]);
});

test("what is there first is present", () => {
  const bench = new Bench();
  bench.hold(0, entryOf("a"));
  assert.deepEqual(bench.told(null), [["joined", "a", "present"]]);
});

test("a restart is a replacement and a new peer, and the departed is told as gone", () => {
  const bench = new Bench();
  bench.hold(0, entryOf("a"));
  const { usable } = bench.lister.list();
  bench.change(0, putOf(entryOf("a", { instance: "a-2" })));
  const changes = bench.lister.changes(usable, bench.lister.list());
  assert.deepEqual(
    changes.map(({ kind, peer, cause }) => [kind, peer.instance, peer.standing, cause]),
    [
      ["left", "a-1", "gone", "replaced"],
      ["joined", "a-2", "alive", "new"],
    ],
  );
});

test("a successor whose predecessor nobody explained has replaced it", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, entryOf("a", { instance: "a-2", card: cardOf({ joinedAt: 2e12 }) }));
  const before = [bench.lister.list().usable[0]].flatMap((peer) =>
    peer === undefined ? [] : [{ ...peer, instance: "a-0" }],
  );
  assert.deepEqual(bench.told(before), [
    ["left", "a", "replaced"],
    ["joined", "a", "new"],
  ]);
});

test("an earlier absence that nobody explained is not why a successor took the place", () => {
  const bench = new Bench(2);
  bench.hold(0);
  bench.change(0, putOf(entryOf("a"), true));
  const { usable } = bench.lister.list();
  bench.hold(1, entryOf("a", { instance: "a-2", card: cardOf({ joinedAt: 2e12 }) }));
  assert.deepEqual(bench.told(usable), [
    ["left", "a", "replaced"],
    ["joined", "a", "new"],
  ]);
});

test("a departure that nobody explains is unknown", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, entryOf("a"), entryOf("b"));
  const { usable } = bench.lister.list();
  bench.followers[1]?.lost(0);
  assert.deepEqual(bench.told(usable), [["left", "b", "unknown"]]);
});

test("one live registrar is enough, whoever of the others dies", () => {
  const bench = new Bench(3);
  for (const source of [0, 1, 2]) bench.hold(source, entryOf("a"), entryOf("b"));
  const { usable } = bench.lister.list();
  for (const source of [0, 1]) {
    bench.followers[source]?.lost(0);
    assert.deepEqual(bench.told(usable), []);
    assert.equal(bench.lister.list().authority, "live");
  }
  bench.followers[2]?.lost(0);
  assert.deepEqual(bench.told(usable), [], "all are stale, and all are held");
  assert.equal(bench.lister.list().authority, "stale");
});

test("a registrar that restarted vouches for nobody until it has learned", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"), entryOf("dead"));
  bench.hold(1, entryOf("a"));
  bench.publish(0, pulseOf("learning", OTHER_EPOCH));
  assert.deepEqual(bench.usable(), ["a"]);
  bench.publish(0, pulseOf("live", OTHER_EPOCH));
  assert.deepEqual(bench.usable(), ["a"], "its list is still that of the run before");
});

test("sources tell what each registrar said last of each service", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.change(0, putOf(entryOf("b")));
  assert.deepEqual(bench.lister.list().sources, [
    { source: 0, service: "cache", epoch: EPOCH, revision: 2, authority: "live" },
  ]);
  bench.hold(1, entryOf("a"));
  bench.followers[1]?.lost(0);
  assert.deepEqual(bench.lister.list().sources[1], {
    source: 1,
    service: "cache",
    epoch: EPOCH,
    revision: 1,
    authority: "stale",
  });
});

test("the time of a listing is that of the latest word of its best sources", () => {
  const bench = new Bench(2);
  bench.nowMs = 100;
  bench.hold(0, entryOf("a"));
  bench.nowMs = 200;
  bench.snapshot(1, [listOf("cache", 1)], "learning");
  assert.equal(bench.lister.list().asOfMs, 100);
  bench.nowMs = 300;
  bench.publish(1, pulseOf("live"));
  assert.equal(bench.lister.list().asOfMs, 300);
});

test("a stale listing is as old as what was heard, however often one dials", () => {
  const bench = new Bench();
  bench.nowMs = 100;
  bench.hold(0, entryOf("a"));
  for (bench.nowMs = 1000; bench.nowMs < 20_000; bench.nowMs += 1000) {
    bench.followers[0]?.advance(bench.nowMs);
  }
  const { authority, asOfMs } = bench.lister.list();
  assert.deepEqual([authority, asOfMs], ["stale", 100]);
});

test("the authority over several services is that of the weakest, each by its best source", () => {
  const bench = new Bench(2, ["cache", "db"]);
  bench.hold(0, entryOf("a"));
  bench.snapshot(0, [listOf("db", 1)]);
  assert.equal(bench.lister.list().authority, "live");
  bench.hold(1, entryOf("a"));
  bench.followers[0]?.lost(0);
  assert.equal(bench.lister.list().authority, "stale", "only the lost one knows db");
});

test("a service that is not told yet does not weaken what is known", () => {
  const bench = new Bench(1, [ALL]);
  bench.snapshot(0, [listOf("cache", 1, { entries: [entryOf("a")] })]);
  bench.publish(0, deltaOf(1, [putOf(entryOf("x"))], { service: "new" }));
  assert.equal(bench.lister.list().authority, "live");
});

test("many departures are remembered, the oldest are forgotten first", () => {
  const bench = new Bench();
  bench.hold(0);
  const leave = (n: number): void => {
    const peer = { ...toPeerNumber(n) };
    bench.lister.remember([{ kind: "left", peer, cause: "goodbye" }]);
  };
  for (let n = 0; n <= 2048; n += 1) leave(n);
  bench.change(0, putOf(entryOf("c0")), putOf(entryOf("c1")), putOf(entryOf("c2048")));
  assert.deepEqual(bench.told([]), [
    ["joined", "c0", "new"],
    ["joined", "c1", "returned"],
    ["joined", "c2048", "returned"],
  ]);
});

function toPeerNumber(n: number): Peer {
  return {
    ...cardOf(),
    id: `c${n}`,
    instance: `c${n}-1`,
    service: "cache",
    address: "",
    port: 0,
    standing: "alive",
  };
}

test("a service that closed at the live registrar does not come back from a stale one", () => {
  const bench = new Bench(2, [ALL]);
  const all = { all: true } as const;
  for (const source of [0, 1]) {
    bench.publish(source, pulseOf());
    bench.publish(
      source,
      snapshotOf([listOf("cache", 1, { entries: [entryOf("a")] })], all),
      bench.request(source),
    );
  }
  assert.deepEqual(bench.usable(), ["a"]);
  bench.change(0, goneOf("a"));
  // After a silence all is asked for anew, and the service has closed meanwhile.
  bench.nowMs = 20_000;
  bench.followers[0]?.advance(bench.nowMs);
  bench.publish(0, pulseOf());
  bench.publish(0, snapshotOf([], all), bench.request(0));
  bench.followers[1]?.lost(0);
  assert.deepEqual(bench.usable(), []);
});

test("why a peer left is told by the live registrar, not by one that fell silent", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, entryOf("a"));
  const before = bench.lister.list().usable;
  bench.change(0, { ...goneOf("a"), cause: "connection-lost" });
  bench.followers[0]?.lost(0);
  bench.change(1, goneOf("a"));
  assert.deepEqual(bench.told(before), [["left", "a", "goodbye"]]);
});

test("a goodbye that one registrar had heard was called by an earlier absence that another remembered", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, entryOf("a"));
  bench.change(0, { ...goneOf("a"), cause: "missed-surveys" });
  bench.change(0, putOf(entryOf("a"), true));
  const before = bench.lister.list().usable;
  bench.change(1, goneOf("a"));
  assert.deepEqual(bench.told(before), [["left", "a", "goodbye"]]);
});

test("a run that had said goodbye to one registrar hid the next one that another told of", () => {
  const bench = new Bench(2);
  bench.hold(0, entryOf("a"));
  bench.hold(1, entryOf("a"));
  bench.change(1, goneOf("a"));
  bench.followers[0]?.lost(0);
  bench.followers[1]?.lost(0);
  bench.change(1, putOf(entryOf("a", { instance: "a-2" })));
  const before = bench.lister.list().usable;
  assert.deepEqual(
    before.map(({ instance }) => instance),
    ["a-2"],
  );
  bench.change(1, {
    kind: "standing",
    id: "a",
    instance: "a-2",
    standing: "suspect",
    cause: "connection-lost",
  });
  assert.deepEqual(bench.told(before), [["left", "a", "connection-lost"]]);
});

test("a peer that stood still a moment ago is warning, with how long, and passing again later", () => {
  const bench = new Bench();
  bench.hold(0, entryOf("a"));
  let before = bench.lister.list().usable;
  bench.change(0, putOf(entryOf("a", { stalledMs: 700 })));
  assert.deepEqual(bench.told(before), [["updated", "a", "updated"]]);
  before = bench.lister.list().usable;
  assert.deepEqual([before[0]?.status, before[0]?.stalledMs], ["warning", 700]);
  bench.change(0, putOf(entryOf("a")));
  assert.deepEqual(bench.told(before), [["updated", "a", "updated"]]);
  assert.equal(bench.lister.list().usable[0]?.stalledMs, undefined);
});
