import assert from "node:assert/strict";
import { test } from "node:test";
import { Lingering } from "../../lib/operators/lingering.ts";
import { peerOf, wordOf } from "./views.ts";

const list = (words: string) =>
  words
    .split(" ")
    .filter(Boolean)
    .map((word) => peerOf(word));
const always = (): number => 100;

test("those who are missing linger as suspects until their wait is over", () => {
  const lingering = new Lingering();
  assert.deepEqual(lingering.take(list("a b c"), 1, always), []);
  assert.deepEqual(lingering.take(list("c"), 2, always), [{ mark: 2, afterMs: 100 }]);
  assert.deepEqual(lingering.peers.map(wordOf), ["a?", "b?"]);
  assert.equal(lingering.end({ mark: 2, afterMs: 100 }), true);
  assert.deepEqual(lingering.peers, []);
});

test("each departure has a wait of its own, and a wait that is over twice ends nothing", () => {
  const lingering = new Lingering();
  lingering.take(list("a b c"), 1, always);
  lingering.take(list("b c"), 2, always);
  lingering.take(list("c"), 3, ({ id }) => (id === "b" ? 50 : 100));
  assert.equal(lingering.end({ mark: 3, afterMs: 100 }), false);
  assert.equal(lingering.end({ mark: 2, afterMs: 100 }), true);
  assert.equal(lingering.end({ mark: 2, afterMs: 100 }), false);
  assert.deepEqual(lingering.peers.map(wordOf), ["b?"]);
});

test("whoever is back does not linger, and waits anew when it goes again", () => {
  const lingering = new Lingering();
  lingering.take(list("a"), 1, always);
  lingering.take(list(""), 2, always);
  lingering.take(list("a"), 3, always);
  assert.deepEqual(lingering.peers, []);
  lingering.take(list(""), 4, always);
  assert.equal(lingering.end({ mark: 2, afterMs: 100 }), false);
  assert.deepEqual(lingering.peers.map(wordOf), ["a?"]);
});

test("another run under the same name ends the waiting", () => {
  const lingering = new Lingering();
  lingering.take(list("a"), 1, always);
  lingering.take(list(""), 2, always);
  lingering.take(list("a/2"), 3, always);
  assert.deepEqual(lingering.peers, []);
});

test("one that is not waited for is out at once; different waits are different alarms", () => {
  const lingering = new Lingering();
  lingering.take(list("a b c d"), 1, always);
  const waits = lingering.take([], 2, ({ id }) => ({ a: 0, b: 50 })[id] ?? 100);
  assert.deepEqual(waits, [
    { mark: 2, afterMs: 50 },
    { mark: 2, afterMs: 100 },
  ]);
  assert.deepEqual(lingering.peers.map(wordOf), ["b?", "c?", "d?"]);
});

test("ids of different services are different", () => {
  const lingering = new Lingering();
  lingering.take(list("users:a orders:a"), 1, always);
  lingering.take(list("users:a"), 2, always);
  assert.deepEqual(lingering.peers.map(wordOf), ["orders:a?"]);
});
