import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Audience, TopicBook } from "../../lib/core/audience.ts";
import { ALL } from "../../lib/core/topics.ts";

test("a subscriber of all services counts for each of them", () => {
  const audience = new Audience();
  audience.add("cache");
  audience.add("cache");
  audience.add("*");
  assert.equal(audience.of("cache"), 3);
  assert.equal(audience.of("orders"), 1);
  audience.clear(() => 0, { nowMs: 0, returnMs: 100 });
  assert.equal(audience.of("cache"), 0);
});

test("a name nobody subscribes to any more never counts below nothing", () => {
  const audience = new Audience();
  audience.add("cache");
  audience.remove("cache");
  audience.remove("cache");
  audience.add("cache", 2);
  assert.equal(audience.of("cache"), 2);
});

test("one who subscribes without end costs no more than so many", () => {
  const audience = new Audience(10);
  audience.add("cache", 1_000_000);
  assert.equal(audience.of("cache"), 1_000_000);
  assert.equal(audience.costMs("cache"), 0.2);
});

test("a subscription that was ignored does not take another's place when it ends", () => {
  const book = new TopicBook(1);
  assert.equal(book.subscribed("a"), 1);
  assert.equal(book.subscribed("b"), 0, "there is room for one topic");
  assert.ok(book.unsubscribed("a"));
  // Both subscribers of it count now, the one who was ignored too.
  assert.equal(book.subscribed("b"), 2);
  assert.ok(book.unsubscribed("b"));
  assert.ok(book.unsubscribed("b"));
  assert.equal(book.unsubscribed("b"), false);
});

test("an ignored subscription that ends was none", () => {
  const book = new TopicBook(1);
  book.subscribed("a");
  book.subscribed("b");
  assert.equal(book.unsubscribed("b"), false);
  book.unsubscribed("a");
  assert.equal(book.subscribed("b"), 1);
  book.clear();
  assert.equal(book.unsubscribed("b"), false);
});

// Of four topics: as many as count are remembered as ignored, so none of them is forgotten.
test("what counts is never more than there is, and all of it where nothing is ignored", () => {
  const topic = fc.constantFrom("a", "b", "c", "d");
  const step = fc.record({ topic, isWanted: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 2, max: 4 }), (steps, max) => {
      const book = new TopicBook(max);
      const there = new Map<string, number>();
      const counted = new Map<string, number>();
      const change = (counts: Map<string, number>, name: string, by: number): void =>
        void counts.set(name, (counts.get(name) ?? 0) + by);
      for (const { topic: name, isWanted } of steps) {
        if (isWanted) {
          change(there, name, 1);
          change(counted, name, book.subscribed(name));
        } else if ((there.get(name) ?? 0) > 0) {
          change(there, name, -1);
          if (book.unsubscribed(name)) change(counted, name, -1);
        }
        for (const [one, count] of counted) {
          const all = there.get(one) ?? 0;
          assert.ok(count === 0 || count === all, `${one}: ${count} of ${all}`);
        }
        const open = [...counted.values()].filter((count) => count > 0).length;
        assert.ok(open <= max);
      }
    }),
  );
});

test("who was shaken off and is not known otherwise counts as lost until it had time to come back", () => {
  const audience = new Audience();
  audience.add("cache", 3);
  audience.add(ALL);
  const named = (name: string): number => (name === "cache" ? 2 : 0);
  audience.clear(named, { nowMs: 0, returnMs: 100 });
  assert.deepEqual([audience.of("cache"), audience.lostOf("cache", 99)], [0, 2]);
  audience.add(ALL);
  audience.clear(named, { nowMs: 50, returnMs: 100 });
  assert.equal(audience.lostOf("cache", 149), 2, "it may be the same one");
  assert.deepEqual([audience.lostOf("db", 149), audience.lostOf("cache", 150)], [1, 0]);
});
