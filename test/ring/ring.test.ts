import assert from "node:assert/strict";
import { test } from "node:test";
import { BehaviorSubject, EMPTY, of, Subject, throwError } from "rxjs";
import type { Peer } from "../../lib/core/peer.ts";
import { HashRing, movedShare, ring } from "../../lib/ring/index.ts";
import type { RingChange, RingInput } from "../../lib/ring/index.ts";
import { peerOf } from "../core/samples.ts";
import { during } from "../helpers/during.ts";
import { ids, record } from "../helpers/record.ts";
import { code } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { keysOf } from "./reference.ts";

const KEYS = keysOf(2000);

/** A peer at a port of its own, so that its name is `10.0.0.1:<port>`. */
function at(port: number, change: Partial<Peer> = {}): Peer {
  return peerOf(`p${port}`, { address: "10.0.0.1", port, ...change });
}

/** The keys that this peer owns. */
function keysFor(owners: { owner(key: string): Peer | undefined }, id: string): readonly string[] {
  return KEYS.filter((key) => owners.owner(key)?.id === id);
}

function summary({ kind, joined, left, moved }: RingChange): string {
  return `${kind} +${ids(joined).join()} -${ids(left).join()} ${moved.length > 0 ? "moved" : "still"}`;
}

test("follows a list: names are host and port, owners are peers", async () => {
  const list = [at(1, { weight: 2 }), at(2), at(3)];
  await using cache = ring(of(list));
  const names = HashRing.of(list.map(({ port, weight }) => ({ name: `10.0.0.1:${port}`, weight })));
  for (const key of KEYS) {
    assert.equal(cache.owner(key)?.port, Number(names.owner(key)?.split(":")[1]));
    assert.equal(cache.owners(key, 2)[1]?.port, Number(names.owners(key, 2)[1]?.split(":")[1]));
  }
  assert.deepEqual([...cache.members.keys()], names.names);
  assert.deepEqual(cache.hashRing.names, names.names);
});

test("a peer without port is named by its id, IPv6 has brackets, and an option names otherwise", () => {
  const list = [at(0), at(1, { address: "::1" }), at(2, { metadata: { shard: "s2" } })];
  assert.deepEqual([...ring(of(list)).members.keys()].toSorted(), ["10.0.0.1:2", "[::1]:1", "p0"]);
  const named = ring(of(list), { nameOf: (peer) => peer.metadata["shard"] ?? peer.id });
  assert.deepEqual([...named.members.keys()].toSorted(), ["p0", "p1", "s2"]);
});

test("of two peers with one name the first by id is on the ring", () => {
  const twins = [at(1, { id: "z" }), at(1, { id: "a" })];
  assert.deepEqual(ids([...ring(of(twins)).members.values()]), ["a"]);
});

test("says who came, who went and what moved; a late subscriber is told who is there", () => {
  const list$ = new Subject<readonly Peer[]>();
  const cache = ring(list$);
  const early = record(cache.changes$);
  assert.equal(cache.owner("a"), undefined);
  list$.next([at(1), at(2)]);
  list$.next([at(1), at(2), at(3)]);
  list$.next([at(1), at(2), at(3, { metadata: { changed: "yes" } })]);
  list$.next([at(1), at(2), at(3, { weight: 5 })]);
  list$.next([at(2), at(3, { weight: 5 })]);
  assert.equal(cache.owner(keysFor(cache, "p3")[0] ?? "")?.weight, 5);
  const late = record(cache.changes$);
  list$.next([]);
  assert.deepEqual(early.values.map(summary), [
    "members +p1,p2 - still",
    "members +p3 - moved",
    "members + - moved",
    "members + -p1 moved",
    "members + -p2,p3 still",
  ]);
  assert.deepEqual(late.values.map(summary), ["present +p2,p3 - still", "members + -p2,p3 still"]);
  list$.complete();
  assert.deepEqual([early.completed, late.completed], [1, 1]);
});

test("of a view, suspects stay unless told otherwise, those who drain or are critical go", () => {
  const peers = [
    at(1),
    at(2, { standing: "suspect" }),
    at(3, { status: "draining" }),
    at(4, { status: "critical" }),
    at(5, { status: "warning" }),
  ];
  const view = { peers } as unknown as RingInput;
  const on = (suspects: "keep" | "drop"): readonly string[] =>
    ids([...ring(of(view), { suspects }).members.values()]);
  assert.deepEqual(ids([...ring(of(view)).members.values()]), ["p1", "p2", "p5"]);
  assert.deepEqual(on("keep"), ["p1", "p2", "p5"]);
  assert.deepEqual(on("drop"), ["p1", "p5"]);
});

test("the previous owner is told while it lives and the time lasts", async () => {
  const list$ = new BehaviorSubject<readonly Peer[]>([at(1), at(2)]);
  const cache = ring(list$, { warmUpMs: 500 });
  const before = new Map(KEYS.map((key) => [key, cache.owner(key)?.id]));
  assert.ok(KEYS.every((key) => cache.previousOwner(key) === undefined));
  list$.next([at(1), at(2), at(3)]);
  const moved = keysFor(cache, "p3");
  assert.ok(moved.length > 100);
  for (const key of KEYS) {
    const expected = moved.includes(key) ? before.get(key) : undefined;
    assert.equal(cache.previousOwner(key)?.id, expected);
  }
  list$.next([at(2), at(3)]);
  const held = moved.filter((key) => before.get(key) === "p1");
  assert.ok(held.length > 10);
  assert.ok(
    held.every((key) => cache.previousOwner(key) === undefined),
    "p1 is gone",
  );
  await until(() => KEYS.every((key) => cache.previousOwner(key) === undefined), {
    what: "the warm-up ends",
  });
});

test("where the previous owner is gone, the one before it is told", () => {
  const list$ = new Subject<readonly Peer[]>();
  const cache = ring(list$);
  const owners = [[1], [1, 2], [1, 2, 3]].map((ports) => {
    list$.next(ports.map((port) => at(port)));
    return new Map(KEYS.map((key) => [key, cache.owner(key)?.id]));
  });
  const passedOn = KEYS.filter((key) => owners.map((list) => list.get(key)).join() === "p1,p2,p3");
  assert.ok(passedOn.length > 100);
  assert.ok(passedOn.every((key) => cache.previousOwner(key)?.id === "p2"));
  list$.next([at(1), at(3)]);
  assert.ok(passedOn.every((key) => cache.previousOwner(key)?.id === "p1"));
  list$.next([at(1)]);
  assert.ok(
    passedOn.every((key) => cache.previousOwner(key) === undefined),
    "p1 has them again",
  );
});

test("whoever has just joined knows from whom it took over: the first list tells who is new", () => {
  const late = at(3, { joinedAt: Date.now() - 1000 });
  const own = ring(of([at(1), at(2), late]), { warmUpMs: 60_000 });
  const before = ring(of([at(1), at(2)]));
  const held = keysFor(own, "p3");
  assert.ok(held.length > 100);
  assert.ok(held.every((key) => own.previousOwner(key)?.id === before.owner(key)?.id));
  const forgetful = ring(of([at(1), at(2), late]), { warmUpMs: 500 });
  assert.ok(held.every((key) => forgetful.previousOwner(key) === undefined));
  const ramped = ring(of([at(1), at(2), late]), { rampMs: 60_000 });
  assert.equal(ramped.hashRing.size, 336);
});

test("a first list of newcomers alone tells the same as if they had been seen to come", () => {
  const now = Date.now();
  const fleet = [3, 1, 2].map((port, nth) => at(port, { joinedAt: now - 1000 + nth }));
  const list$ = new Subject<readonly Peer[]>();
  const seen = ring(list$);
  for (const count of [1, 2, 3]) list$.next(fleet.slice(0, count));
  const told = ring(of(fleet));
  assert.ok(keysFor(told, "p2").every((key) => told.previousOwner(key) !== undefined));
  for (const key of KEYS) assert.equal(told.previousOwner(key)?.id, seen.previousOwner(key)?.id);
  assert.equal(ring(of(fleet), { rampMs: 60_000 }).hashRing.size, 480, "nobody is new to anybody");
});

test("a draining peer of a view is asked for what it held; a suspect one is not", () => {
  const of3 = (change: Partial<Peer>): RingInput =>
    ({ peers: [at(1), at(2), at(3, change)] }) as unknown as RingInput;
  const view$ = new BehaviorSubject(of3({}));
  const cache = ring(view$);
  const held = keysFor(cache, "p3");
  view$.next(of3({ status: "draining" }));
  assert.deepEqual(keysFor(cache, "p3"), []);
  assert.ok(held.every((key) => cache.previousOwner(key)?.id === "p3"));
  view$.next(of3({ status: "draining", standing: "suspect" }));
  assert.ok(held.every((key) => cache.previousOwner(key) === undefined));
});

test("a newcomer is given its virtual nodes little by little, and its keys only once", async () => {
  const list$ = new BehaviorSubject<readonly Peer[]>([at(1), at(2)]);
  const cache = ring(list$, { rampMs: 100 });
  const changes = record(cache.changes$);
  list$.next([at(1), at(2), at(3)]);
  const whole = HashRing.of(["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"].map((name) => ({ name })));
  assert.equal(cache.hashRing.size, 320 + 16, "a tenth of its 160 points");
  const first = keysFor(cache, "p3");
  await until(() => cache.hashRing.size === whole.size, { what: "the ramp ends" });
  assert.ok(KEYS.every((key) => cache.hashRing.owner(key) === whole.owner(key)));
  assert.ok(first.every((key) => cache.owner(key)?.id === "p3"));
  const steps = changes.values.slice(1);
  assert.deepEqual([...new Set(steps.map(({ kind }) => kind))], ["members", "ramp"]);
  assert.ok(steps.length >= 3, `${steps.length} steps`);
  const share = steps.reduce((sum, { moved }) => sum + movedShare(moved), 0);
  const all = movedShare(
    HashRing.of([{ name: "10.0.0.1:1" }, { name: "10.0.0.1:2" }]).update(
      [1, 2, 3].map((port) => ({ name: `10.0.0.1:${port}` })),
    ).moved,
  );
  assert.ok(Math.abs(share - all) < 1e-9, "nothing moves twice");
  await cache.close();
});

test("close ends everything, keeps the mapping, and may be called twice", async () => {
  const list$ = new BehaviorSubject<readonly Peer[]>([at(1), at(2)]);
  const cache = ring(list$, { rampMs: 50 });
  const changes = record(cache.changes$);
  list$.next([at(1), at(2), at(3)]);
  await cache.close();
  await cache.close();
  const { size } = cache.hashRing;
  list$.next([at(1)]);
  assert.equal(list$.observed, false);
  assert.equal(changes.completed, 1);
  await during(100, () => assert.equal(cache.hashRing.size, size));
  assert.ok(cache.owner("a") !== undefined);
});

test("an empty source and one that fails", () => {
  assert.equal(ring(EMPTY).owner("a"), undefined);
  const failed = record(ring(throwError(() => new Error("theirs"))).changes$);
  assert.match(String(failed.errors[0]), /theirs/);
});

test("options that cannot be are refused by name", () => {
  const refused = (options: object, text: RegExp): void => {
    assert.throws(() => ring(EMPTY, options), code("ERR_OPTION"));
    assert.throws(() => ring(EMPTY, options), text);
  };
  refused({ warmupMs: 1 }, /no option "warmupMs"/);
  refused({ warmUpMs: -1 }, /warmUpMs is -1/);
  refused({ rampMs: Infinity }, /rampMs is Infinity/);
  refused({ nameOf: "id" }, /nameOf is no function/);
  refused({ suspects: "maybe" }, /suspects is "maybe"/);
});
