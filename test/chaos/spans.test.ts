import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  atOnce,
  both,
  covers,
  lengthOf,
  lingering,
  outside,
  settled,
  union,
  without,
} from "./spans.ts";
import type { Span } from "./spans.ts";

const MOMENTS = 40;
const spanList = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: MOMENTS }), fc.integer({ min: 0, max: 9 }))
    .map(([fromMs, length]): Span => ({ fromMs, toMs: fromMs + length })),
  { maxLength: 8 },
);

/** Checks what a function says at every moment. */
function everywhere(spans: readonly Span[], expected: (atMs: number) => boolean): void {
  for (let atMs = -1; atMs < 2 * MOMENTS; atMs += 1) {
    assert.equal(covers(spans, atMs), expected(atMs), `at ${atMs} of ${JSON.stringify(spans)}`);
  }
}

test("union, outside, both and without are what they are at every moment", () => {
  fc.assert(
    fc.property(spanList, spanList, (a, b) => {
      everywhere(union(a, b), (atMs) => covers(a, atMs) || covers(b, atMs));
      everywhere(outside(a), (atMs) => !covers(a, atMs));
      everywhere(both(a, b), (atMs) => covers(a, atMs) && covers(b, atMs));
      everywhere(without(a, b), (atMs) => covers(a, atMs) && !covers(b, atMs));
    }),
  );
});

test("a union is sorted, and its spans do not touch", () => {
  fc.assert(
    fc.property(spanList, (spans) => {
      const merged = union(spans);
      for (const [at, { fromMs, toMs }] of merged.entries()) {
        assert.ok(fromMs < toMs);
        assert.ok(toMs < (merged[at + 1]?.fromMs ?? Infinity));
      }
    }),
  );
});

test("what applies at least so often at one time", () => {
  fc.assert(
    fc.property(
      fc.array(spanList, { maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (lists, least) => {
        everywhere(atOnce(lists, least), (atMs) => {
          return lists.filter((list) => covers(list, atMs)).length >= least;
        });
      },
    ),
  );
});

test("a trouble lingers until its time is up or a mark tells that it is over", () => {
  const spans = [
    { fromMs: 0, toMs: 10 },
    { fromMs: 40, toMs: 50 },
  ];
  assert.deepEqual(lingering(spans, 20), [
    { fromMs: 0, toMs: 30 },
    { fromMs: 40, toMs: 70 },
  ]);
  // A mark within a trouble says nothing about its end.
  assert.deepEqual(lingering(spans, 20, [45, 15]), [
    { fromMs: 0, toMs: 15 },
    { fromMs: 40, toMs: 70 },
  ]);
});

test("settled takes the beginning off each span, after those that touch were put together", () => {
  const touching = [
    { fromMs: 0, toMs: 5 },
    { fromMs: 5, toMs: 10 },
    { fromMs: 20, toMs: 23 },
  ];
  assert.deepEqual(settled(touching, 4), [{ fromMs: 4, toMs: 10 }]);
  assert.equal(lengthOf(touching), 13);
});
