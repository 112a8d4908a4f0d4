import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ClientEffect } from "../../lib/core/io.ts";
import { SnapshotAsker } from "../../lib/core/snapshot-asker.ts";
import { ALL, parseTopic } from "../../lib/core/topics.ts";
import { CLIENT_LAN, randomOf } from "./samples.ts";

/** An asker with the topics that it has open. */
class Bench {
  readonly open: string[] = [];
  readonly topics: string[] = [];
  readonly asker: SnapshotAsker;

  constructor(random: () => number = randomOf()) {
    const emit = (effect: ClientEffect): void => this.#take(effect);
    this.asker = new SnapshotAsker({ source: 0, tuning: CLIENT_LAN, random, emit });
  }

  #take(effect: ClientEffect): void {
    if (effect.kind === "subscribe") {
      this.open.push(effect.topic);
      this.topics.push(effect.topic);
    } else if (effect.kind === "unsubscribe") {
      assert.deepEqual(this.open.splice(this.open.indexOf(effect.topic), 1), [effect.topic]);
    }
    assert.ok(this.open.length <= 2, "one request at a time, and the one before it");
  }

  /** The service that is asked for. */
  get asking(): string | null {
    const parsed = parseTopic(this.open.at(-1) ?? "");
    return parsed.kind === "snapshot" ? parsed.service : null;
  }

  arrive(topic = this.open.at(-1) ?? ""): void {
    assert.ok(this.asker.awaits(topic));
    this.asker.arrived(topic);
  }
}

test("nothing wanted is nothing asked", () => {
  const { asker, open } = new Bench();
  asker.advance(0);
  assert.deepEqual(open, []);
  assert.equal(asker.nextMs(), Infinity);
});

test("a snapshot is asked for on a private topic, which is given up when it arrives", () => {
  const bench = new Bench();
  bench.asker.want("cache");
  assert.ok(bench.asker.nextMs() <= 0);
  bench.asker.advance(0);
  assert.equal(bench.asking, "cache");
  assert.equal(bench.asker.awaits("another topic"), false);
  bench.asker.arrived("another topic");
  assert.equal(bench.asking, "cache");
  bench.arrive();
  assert.deepEqual(bench.open, []);
  assert.equal(bench.asker.hasSeenAll, false);
});

test("one at a time, in the order in which they were wanted", () => {
  const bench = new Bench();
  for (const service of ["a", "b", "a", "c"]) bench.asker.want(service);
  const asked: (string | null)[] = [];
  for (let n = 0; n < 4; n += 1) {
    bench.asker.advance(0);
    asked.push(bench.asking);
    if (bench.asking !== null) bench.arrive();
  }
  assert.deepEqual(asked, ["a", "b", "c", null]);
});

test("what is under way is not asked for again", () => {
  const bench = new Bench();
  bench.asker.want("cache");
  bench.asker.advance(0);
  bench.asker.want("cache");
  bench.arrive();
  bench.asker.advance(0);
  assert.equal(bench.asking, null);
});

test("all of them include each of them", () => {
  const bench = new Bench();
  bench.asker.want("cache");
  bench.asker.want(ALL);
  bench.asker.advance(0);
  assert.equal(bench.asking, ALL);
  bench.asker.want("db");
  bench.arrive();
  assert.ok(bench.asker.hasSeenAll);
  bench.asker.advance(0);
  assert.equal(bench.asking, null);
});

test("a snapshot that does not come is asked for on a fresh topic, with growing patience", () => {
  const bench = new Bench(() => 0);
  bench.asker.want("cache");
  let nowMs = 0;
  const waits: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    bench.asker.advance(nowMs);
    assert.equal(bench.asking, "cache");
    waits.push(bench.asker.nextMs() - nowMs);
    nowMs = bench.asker.nextMs();
  }
  assert.deepEqual(waits, [2000, 3000, 5000, 9000, 9000, 9000]);
});

test("patience starts over once a snapshot has arrived", () => {
  const bench = new Bench(() => 0);
  bench.asker.want("cache");
  bench.asker.advance(0);
  bench.asker.advance(bench.asker.nextMs());
  bench.arrive();
  bench.asker.want("cache");
  bench.asker.advance(10_000);
  assert.equal(bench.asker.nextMs(), 12_000);
});

test("a snapshot that is slower than our patience is taken when it comes, and ends both requests", () => {
  const bench = new Bench(() => 0.5);
  bench.asker.want("cache");
  bench.asker.advance(0);
  const [first = ""] = bench.topics;
  bench.asker.advance(bench.asker.nextMs());
  assert.equal(bench.topics.length, 2);
  assert.deepEqual(bench.open, bench.topics);
  bench.arrive(first);
  assert.deepEqual(bench.open, []);
  bench.asker.advance(100_000);
  assert.equal(bench.asking, null);
});

test("of those whose time is up only the last one stays subscribed", () => {
  const bench = new Bench();
  bench.asker.want("cache");
  for (let n = 0; n < 5; n += 1) bench.asker.advance(n === 0 ? 0 : bench.asker.nextMs());
  assert.deepEqual(bench.open, bench.topics.slice(-2));
  assert.equal(bench.asker.awaits(bench.topics[0] ?? ""), false);
});

test("others have their turn before one that does not come is asked for again", () => {
  const bench = new Bench();
  bench.asker.want("lost");
  bench.asker.advance(0);
  bench.asker.want("cache");
  bench.asker.advance(bench.asker.nextMs());
  assert.equal(bench.asking, "cache");
  bench.arrive();
  bench.asker.advance(10_000);
  assert.equal(bench.asking, "lost");
});

test("a stall of our own moves the deadline", () => {
  const bench = new Bench(() => 0);
  bench.asker.postpone(50);
  bench.asker.want("cache");
  bench.asker.advance(0);
  bench.asker.postpone(500);
  assert.equal(bench.asker.nextMs(), 2500);
});

test("every request has a topic of its own, whatever chance brings", () => {
  const chance = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(chance, (numbers) => {
      let at = 0;
      const bench = new Bench(() => numbers[at++ % numbers.length] ?? 0);
      bench.asker.want("cache");
      bench.asker.advance(0);
      assert.equal(bench.asking, "cache");
    }),
  );
  const bench = new Bench();
  for (let n = 0; n < 200; n += 1) {
    bench.asker.want("cache");
    bench.asker.advance(n);
    bench.arrive();
  }
  assert.equal(new Set(bench.topics).size, 200);
});
