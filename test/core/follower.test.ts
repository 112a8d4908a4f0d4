import assert from "node:assert/strict";
import { test } from "node:test";
import { Follower } from "../../lib/core/follower.ts";
import type { ClientEffect } from "../../lib/core/io.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import type { RosterMessage, ServiceSnapshot, Snapshot } from "../../lib/core/messages.ts";
import { ALL, ALL_TOPIC, deltaTopic, parseTopic, PULSE_TOPIC } from "../../lib/core/topics.ts";
import {
  announceOf,
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

/** A follower and the topics that it has subscribed. */
class Bench {
  readonly follower: Follower;
  readonly topics = new Set<string>();
  effects: ClientEffect[] = [];
  nowMs = 0;

  constructor(services: readonly string[] = ["cache"]) {
    this.follower = new Follower({
      source: 3,
      services,
      tuning: CLIENT_LAN,
      random: randomOf(),
      emit: (effect) => this.#take(effect),
    });
  }

  /** One that holds a list at revision 5 of a live registrar. */
  static holding(list: Partial<ServiceSnapshot> = { entries: [entryOf("a")] }): Bench {
    const bench = new Bench();
    bench.follow();
    bench.publish(pulseOf());
    bench.answer([listOf("cache", 5, list)]);
    assert.equal(bench.follower.authority, "live");
    bench.effects = [];
    return bench;
  }

  #take(effect: ClientEffect): void {
    this.effects.push(effect);
    if (effect.kind === "subscribe") this.topics.add(effect.topic);
    if (effect.kind === "unsubscribe") this.topics.delete(effect.topic);
  }

  follow(roster: string | null = "tcp://r"): void {
    this.follower.follow(roster, this.nowMs);
    this.follower.advance(this.nowMs);
  }

  publish(message: RosterMessage, topic = ""): void {
    this.follower.received(topic, message, this.nowMs);
    this.follower.advance(this.nowMs);
  }

  /** The private topic that waits for its snapshot. */
  get request(): string | undefined {
    return [...this.topics].findLast((topic) => parseTopic(topic).kind === "snapshot");
  }

  /** The service that is asked for. */
  get asking(): string | undefined {
    const parsed = parseTopic(this.request ?? "");
    return parsed.kind === "snapshot" ? parsed.service : undefined;
  }

  /** Sends the snapshot that is asked for. */
  answer(services: readonly ServiceSnapshot[], change: Partial<Snapshot> = {}): void {
    assert.ok(this.request !== undefined, "nothing is asked for");
    this.publish(snapshotOf(services, change), this.request);
  }

  pass(byMs: number): void {
    this.nowMs += byMs;
    this.follower.advance(this.nowMs);
  }

  ids(service = "cache"): readonly string[] {
    return [...(this.follower.lists.get(service)?.entries() ?? [])].map(({ id }) => id);
  }

  get revision(): number | undefined {
    return this.follower.lists.get("cache")?.revision;
  }

  count(kind: ClientEffect["kind"]): number {
    return this.effects.filter((effect) => effect.kind === kind).length;
  }
}

test("it connects, subscribes the shared topics first and then asks for a snapshot", () => {
  const bench = new Bench(["cache", "db"]);
  bench.follow();
  const topics = bench.effects.map((effect) =>
    effect.kind === "subscribe" ? effect.topic : effect.kind,
  );
  assert.deepEqual(topics.slice(0, 4), [
    "follow",
    PULSE_TOPIC,
    deltaTopic("cache"),
    deltaTopic("db"),
  ]);
  assert.equal(bench.asking, "cache");
  assert.equal(
    bench.effects.every((effect) => !("source" in effect) || effect.source === 3),
    true,
  );
});

test("what is not followed wants nothing and takes nothing", () => {
  const bench = new Bench();
  bench.publish(pulseOf());
  bench.follower.lost(0);
  bench.pass(60_000);
  assert.deepEqual(bench.effects, []);
  assert.equal(bench.follower.nextMs(), Infinity);
  assert.equal(bench.follower.authority, "stale");
});

test("to follow twice is to follow once, and elsewhere is to connect there", () => {
  const bench = Bench.holding();
  bench.follow("tcp://r");
  assert.deepEqual(bench.effects, []);
  bench.follow("tcp://elsewhere");
  assert.deepEqual(bench.effects, [{ kind: "follow", source: 3, roster: "tcp://elsewhere" }]);
});

test("it is ready once every service has had its first snapshot", () => {
  const bench = new Bench(["cache", "db"]);
  bench.follow();
  bench.answer([listOf("cache", 0)]);
  assert.equal(bench.follower.isReady, false);
  bench.answer([listOf("db", 0)]);
  assert.equal(bench.follower.isReady, true);
});

test("until the first snapshot it vouches for nothing, though the registrar is live", () => {
  const bench = new Bench();
  bench.follow();
  assert.equal(bench.follower.authority, "stale");
  bench.publish(pulseOf("live"));
  assert.equal(bench.follower.authority, "learning");
  bench.answer([listOf("cache", 0)]);
  assert.equal(bench.follower.authority, "live");
});

test("each revision is applied once and in order", () => {
  const bench = Bench.holding();
  bench.publish(deltaOf(6, [putOf(entryOf("b"))]));
  assert.deepEqual([bench.ids(), bench.revision], [["a", "b"], 6]);
  bench.publish(deltaOf(6, [goneOf("b")]));
  bench.publish(deltaOf(3, [goneOf("b")]));
  assert.deepEqual([bench.ids(), bench.revision], [["a", "b"], 6]);
  assert.equal(bench.asking, undefined);
  assert.ok(bench.count("changed") > 0);
});

test("a gap is repaired by a snapshot, and what was held stays meanwhile", () => {
  const bench = Bench.holding();
  bench.publish(deltaOf(8, [goneOf("a")]));
  assert.deepEqual([bench.ids(), bench.revision, bench.asking], [["a"], 5, "cache"]);
  bench.publish(deltaOf(9, [putOf(entryOf("c"))]));
  bench.answer([listOf("cache", 9, { entries: [entryOf("b"), entryOf("c")] })]);
  assert.deepEqual([bench.ids(), bench.revision, bench.asking], [["b", "c"], 9, undefined]);
});

test("an announcement of a later revision shows a loss, one of the same shows none", () => {
  const bench = Bench.holding();
  bench.publish(announceOf(5));
  bench.publish(announceOf(4));
  assert.equal(bench.asking, undefined);
  bench.publish(announceOf(6));
  assert.equal(bench.asking, "cache");
});

test("a snapshot older than what is held is not taken", () => {
  const bench = Bench.holding();
  bench.publish(announceOf(6));
  bench.publish(deltaOf(6, [putOf(entryOf("b"))]));
  bench.answer([listOf("cache", 5, { entries: [entryOf("a")] })]);
  assert.deepEqual([bench.ids(), bench.revision], [["a", "b"], 6]);
});

test("a snapshot that was not asked for is not taken, whatever its topic", () => {
  const bench = Bench.holding();
  bench.publish(snapshotOf([listOf("cache", 9)]), "S0123");
  bench.publish(announceOf(6));
  bench.publish(snapshotOf([listOf("cache", 9)]), deltaTopic("cache"));
  assert.deepEqual([bench.ids(), bench.revision], [["a"], 5]);
});

test("services that were not asked for are not held", () => {
  const bench = Bench.holding();
  bench.publish(deltaOf(1, [putOf(entryOf("x"))], { service: "db" }));
  bench.publish({ ...announceOf(4), service: "db" });
  bench.publish(announceOf(6));
  bench.answer([listOf("cache", 6, { entries: [entryOf("a")] }), listOf("db", 1)]);
  assert.deepEqual([...bench.follower.lists.keys()], ["cache"]);
});

test("a new run is noticed by any message, and nobody leaves while it learns", () => {
  const messages: readonly RosterMessage[] = [
    pulseOf("learning", OTHER_EPOCH),
    announceOf(1, "learning", OTHER_EPOCH),
    deltaOf(1, [putOf(entryOf("b"))], { epoch: OTHER_EPOCH, authority: "learning" }),
  ];
  for (const message of messages) {
    const bench = Bench.holding();
    bench.publish(message);
    assert.equal(bench.follower.epoch, OTHER_EPOCH, message.kind);
    assert.deepEqual([bench.ids(), bench.asking], [["a"], "cache"]);
    bench.answer([listOf("cache", 1, { entries: [entryOf("b")] })], {
      epoch: OTHER_EPOCH,
      authority: "learning",
    });
    assert.deepEqual([bench.ids(), bench.follower.authority], [["b", "a"], "learning"]);
  }
});

test("when the new run has learned, those who did not return leave", () => {
  const news: readonly RosterMessage[] = [
    announceOf(1, "live", OTHER_EPOCH),
    deltaOf(2, [putOf(entryOf("c"))], { epoch: OTHER_EPOCH }),
  ];
  for (const message of news) {
    const bench = Bench.holding();
    bench.follower.welcomed(OTHER_EPOCH, 1000);
    bench.pass(0);
    bench.answer([listOf("cache", 1)], { epoch: OTHER_EPOCH, authority: "learning" });
    assert.deepEqual(bench.ids(), ["a"]);
    bench.publish(message);
    assert.ok(!bench.ids().includes("a"), message.kind);
    assert.equal(
      bench.follower.departures.causeOf("cache", { id: "a", instance: "a-1" }),
      "not-returned",
    );
  }
});

test("a service that nobody returned to is asked for when the new run has learned", () => {
  const bench = Bench.holding();
  bench.follower.welcomed(OTHER_EPOCH, 1000);
  bench.pass(0);
  bench.answer([listOf("cache", 0)], { epoch: OTHER_EPOCH, authority: "learning" });
  bench.publish(pulseOf("learning", OTHER_EPOCH));
  assert.equal(bench.asking, undefined);
  bench.publish(pulseOf("live", OTHER_EPOCH));
  assert.equal(bench.asking, "cache");
  bench.answer([listOf("cache", 0)], { epoch: OTHER_EPOCH });
  assert.deepEqual(bench.ids(), []);
});

test("a snapshot may bring a new run by itself", () => {
  const bench = Bench.holding();
  bench.publish(announceOf(6));
  bench.answer([listOf("cache", 2, { entries: [entryOf("b")] })], { epoch: OTHER_EPOCH });
  assert.equal(bench.follower.epoch, OTHER_EPOCH);
  assert.deepEqual(bench.ids(), ["b"]);
});

test("a greeting of the run that is known changes nothing", () => {
  const bench = Bench.holding();
  bench.follower.welcomed(EPOCH, 1000);
  bench.pass(0);
  assert.equal(bench.asking, undefined);
});

test("silence makes it stale and connects anew, and it is live again once it is known to be current", () => {
  const bench = Bench.holding();
  assert.equal(bench.follower.nextMs(), 3000);
  bench.pass(2999);
  assert.equal(bench.follower.authority, "live");
  bench.pass(1);
  assert.equal(bench.follower.authority, "stale");
  assert.deepEqual(bench.effects, [
    { kind: "changed" },
    { kind: "follow", source: 3, roster: "tcp://r" },
  ]);
  bench.pass(3000);
  assert.equal(bench.count("follow"), 2);
  assert.equal(bench.follower.heardMs, 0, "an attempt is no message");
  bench.publish(pulseOf());
  assert.equal(bench.follower.authority, "learning");
  assert.equal(bench.follower.heardMs, 6000);
  bench.effects = [];
  bench.publish(announceOf(5));
  assert.equal(bench.follower.authority, "live");
  assert.equal(bench.count("changed"), 1);
  assert.deepEqual(bench.ids(), ["a"]);
});

test("a new registrar that has learned vouches for nobody of before until it tells who is there", () => {
  const bench = Bench.holding({ entries: [entryOf("a"), entryOf("b")] });
  bench.publish(pulseOf("learning", OTHER_EPOCH));
  bench.answer([listOf("cache", 1, { entries: [entryOf("a")] })], {
    epoch: OTHER_EPOCH,
    authority: "learning",
  });
  assert.deepEqual(bench.ids(), ["a", "b"]);
  bench.publish(pulseOf("live", OTHER_EPOCH));
  assert.equal(bench.follower.authority, "learning", "b may be gone");
  bench.answer([listOf("cache", 1, { entries: [entryOf("a")] })], { epoch: OTHER_EPOCH });
  assert.equal(bench.follower.authority, "live");
  assert.deepEqual(bench.ids(), ["a"]);
});

test("what changed in a silence is known before anybody is vouched for", () => {
  const silent = (): Bench => {
    const bench = Bench.holding({ entries: [entryOf("a"), entryOf("b")] });
    bench.pass(3000);
    bench.publish(pulseOf());
    assert.equal(bench.follower.authority, "learning");
    return bench;
  };
  const behind = silent();
  behind.publish(announceOf(6));
  assert.equal(behind.follower.authority, "learning", "it is told that it is behind");
  behind.answer([listOf("cache", 6, { entries: [entryOf("a")] })]);
  assert.equal(behind.follower.authority, "live");
  assert.deepEqual(behind.ids(), ["a"]);

  const next = silent();
  next.publish(deltaOf(6, [goneOf("b")]));
  assert.equal(next.follower.authority, "live");
  assert.deepEqual(next.ids(), ["a"]);
});

test("the interval of the pulse is that which the registrar tells", () => {
  const bench = Bench.holding();
  bench.publish({ ...pulseOf(), intervalMs: 5000 });
  assert.equal(bench.follower.nextMs(), 15_000);
  bench.follower.welcomed(EPOCH, 100);
  assert.equal(bench.follower.nextMs(), 300);
});

test("a lost survey connection makes it stale at once, and words still on their way do not help", () => {
  const bench = Bench.holding();
  bench.follower.lost(0);
  assert.equal(bench.follower.authority, "stale");
  bench.pass(999);
  bench.publish(pulseOf());
  assert.equal(bench.follower.authority, "stale");
  bench.pass(1);
  bench.publish(pulseOf());
  assert.equal(bench.follower.authority, "live");
});

test("a greeting ends the doubt about words on their way", () => {
  const bench = Bench.holding();
  bench.follower.lost(0);
  bench.follower.welcomed(EPOCH, 1000);
  bench.publish(pulseOf());
  assert.equal(bench.follower.authority, "live");
});

test("how far the registrar trusts itself is passed on", () => {
  const bench = Bench.holding();
  for (const authority of ["held", "learning", "live"] as const) {
    bench.effects = [];
    bench.publish(pulseOf(authority));
    assert.equal(bench.follower.authority, authority);
    assert.equal(bench.count("changed"), 1);
    bench.publish(pulseOf(authority));
    assert.equal(bench.count("changed"), 1);
  }
});

test("a stall of our own is not the registrar's silence", () => {
  const bench = Bench.holding();
  bench.follower.postpone(5000);
  bench.pass(7999);
  assert.equal(bench.follower.authority, "live");
  bench.pass(1);
  assert.equal(bench.follower.authority, "stale");
});

function followingAll(): Bench {
  const bench = new Bench([ALL]);
  bench.follow();
  bench.publish(pulseOf());
  return bench;
}

test("all services are followed by one prefix and one snapshot", () => {
  const bench = followingAll();
  assert.ok(bench.topics.has(ALL_TOPIC));
  assert.equal(bench.asking, ALL);
  assert.equal(bench.follower.isReady, false);
  const lists = [listOf("cache", 2, { entries: [entryOf("a")] }), listOf("db", 4)];
  bench.answer(lists, { all: true });
  assert.equal(bench.follower.isReady, true);
  assert.deepEqual([...bench.follower.lists.keys()], ["cache", "db"]);
});

test("a service that opens later is asked for by itself", () => {
  const bench = followingAll();
  bench.answer([], { all: true });
  bench.publish(deltaOf(1, [putOf(entryOf("a"))], { service: "new" }));
  assert.equal(bench.asking, "new");
  bench.answer([listOf("new", 1, { entries: [entryOf("a")] })]);
  assert.deepEqual(bench.ids("new"), ["a"]);
});

test("who follows all opens no list for a service in which nobody ever was", () => {
  const bench = followingAll();
  bench.answer([], { all: true });
  for (let n = 0; n < 1000; n += 1) bench.publish({ ...announceOf(0), service: `made-up-${n}` });
  assert.deepEqual([bench.follower.lists.size, bench.asking], [0, undefined]);
});

test("a service that a snapshot of all does not name is closed", () => {
  const bench = followingAll();
  bench.answer([listOf("cache", 2, { entries: [entryOf("a")] })], { all: true });
  bench.pass(3000);
  bench.publish(pulseOf());
  bench.answer([], { all: true });
  assert.equal(bench.follower.lists.size, 0);
});

test("a service that a new run does not name is kept until it has learned", () => {
  const bench = followingAll();
  bench.answer([listOf("cache", 2, { entries: [entryOf("a")] })], { all: true });
  bench.publish(pulseOf("learning", OTHER_EPOCH));
  bench.answer([], { all: true, epoch: OTHER_EPOCH, authority: "learning" });
  assert.deepEqual(bench.ids(), ["a"]);
  bench.publish(pulseOf("live", OTHER_EPOCH));
  assert.equal(bench.asking, "cache");
  bench.answer([listOf("cache", 0)], { epoch: OTHER_EPOCH });
  assert.deepEqual(bench.ids(), []);
});

test("after a silence all are asked for again, since a service may have closed unheard", () => {
  const bench = followingAll();
  bench.answer([listOf("cache", 2, { entries: [entryOf("a")] })], { all: true });
  bench.pass(3000);
  assert.equal(bench.asking, undefined);
  bench.publish(pulseOf());
  assert.equal(bench.asking, ALL);
});

test("at the limit of services the empty ones are forgotten first", () => {
  const bench = followingAll();
  const max = LIMITS.followedServicesMax;
  const lists = Array.from({ length: max }, (_, n) =>
    listOf(`s${n}`, 1, n === 0 ? { entries: [entryOf("a")] } : {}),
  );
  bench.answer(lists, { all: true });
  assert.equal(bench.follower.lists.size, max);
  bench.publish(announceOf(1));
  assert.deepEqual([...bench.follower.lists.keys()], ["s0", "cache"]);
});

test("beyond the limit of services further ones are not held", () => {
  const bench = followingAll();
  const max = LIMITS.followedServicesMax;
  const entries = [entryOf("a")];
  bench.answer(
    Array.from({ length: max }, (_, n) => listOf(`s${n}`, 1, { entries })),
    { all: true },
  );
  bench.publish(deltaOf(1, [putOf(entryOf("a"))]));
  assert.equal(bench.follower.lists.size, max);
  assert.equal(bench.asking, undefined);
});

test("a half-dead connection that still brings the old run is not followed back to it", () => {
  const bench = Bench.holding();
  bench.follower.welcomed(OTHER_EPOCH, 1000);
  assert.equal(bench.follower.epoch, OTHER_EPOCH);
  bench.effects = [];
  bench.publish(deltaOf(6, [putOf(entryOf("b"))]));
  bench.publish(pulseOf());
  assert.equal(bench.follower.epoch, OTHER_EPOCH);
  assert.deepEqual(bench.ids(), ["a"]);
  // And it does not count as a sign of life, so the connection is made anew.
  for (let n = 0; n < 5; n += 1) {
    bench.pass(1000);
    bench.publish(pulseOf());
  }
  assert.equal(bench.follower.authority, "stale");
  assert.ok(bench.count("follow") > 0);
});

test("two registrars behind one address may take turns", () => {
  const bench = Bench.holding();
  for (const epoch of [OTHER_EPOCH, EPOCH, OTHER_EPOCH]) {
    bench.follower.welcomed(epoch, 1000);
    bench.publish(pulseOf("live", epoch));
    assert.equal(bench.follower.epoch, epoch);
  }
});

test("who was told all knows that a service without a list has nobody, and others do not", () => {
  const bench = new Bench([ALL]);
  bench.follow();
  assert.equal(bench.follower.entries("cache"), undefined);
  bench.answer([listOf("db", 1, { entries: [entryOf("d")] })], { all: true });
  assert.deepEqual(
    [...(bench.follower.entries("db") ?? [])].map(({ id }) => id),
    ["d"],
  );
  assert.deepEqual([...(bench.follower.entries("cache") ?? ["?"])], []);
  assert.equal(new Bench().follower.entries("db"), undefined);
});
