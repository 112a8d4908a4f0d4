import assert from "node:assert/strict";
import { test } from "node:test";
import { isUsable } from "../../lib/core/peer.ts";
import { Fates } from "../../lib/operators/fates.ts";
import { peerOf, Source, wordOf } from "./views.ts";
import type { ViewOptions } from "./views.ts";

type Row = readonly [
  what: string,
  views: readonly (readonly [words: string, options?: ViewOptions])[],
  fate: string,
];

/** The fate of `a`, which was usable in the first view. */
const ROWS: readonly Row[] = [
  ["said goodbye", [["a b"], ["b", { causes: { a: "goodbye" } }]], "a? goodbye"],
  [
    "said goodbye a while ago",
    [["a b"], ["b", { causes: { a: "goodbye" } }], ["b c"]],
    "a? goodbye",
  ],
  ["is a suspect", [["a"], ["a?", { causes: { a: "connection-lost" } }]], "a? connection-lost"],
  [
    "was a suspect and is gone",
    [["a"], ["a?", { causes: { a: "connection-lost" } }], [""]],
    "a? connection-lost",
  ],
  ["drains", [["a"], ["a!"]], "a! draining"],
  ["is critical", [["a"], ["a*"]], "a* critical"],
  ["was a suspect and drains now", [["a"], ["a?"], ["a!"]], "a! draining"],
  ["was replaced", [["a"], ["a/2", { causes: { a: "replaced" } }]], "a? replaced, succeeded"],
  ["is listed", [["a"], ["a b"]], "a unknown"],
  ["left and is back", [["a"], ["", { causes: { a: "goodbye" } }], ["a"]], "a unknown"],
];

for (const [what, views, expected] of ROWS) {
  test(`one that ${what}`, () => {
    const source = new Source();
    const fates = new Fates();
    for (const [words, options] of views) fates.learn(source.view(words, options));
    const { peer, cause, isSucceeded } = fates.of(peerOf("a"));
    assert.equal(`${wordOf(peer)} ${cause}${isSucceeded ? ", succeeded" : ""}`, expected);
  });
}

/** As above, but the second view never arrives. */
const MISSED: readonly (readonly [string, readonly string[], string])[] = [
  ["and it is not listed", ["a", "", "b"], "a? unknown"],
  ["and it is a suspect", ["a", "a?", "a? b"], "a? unknown"],
  ["and it drains", ["a", "a!", "a! b"], "a! draining"],
  ["and another run is listed", ["a", "a/2", "a/2 b"], "a? replaced, succeeded"],
];

for (const [what, [first = "", second = "", third = ""], expected] of MISSED) {
  test(`the view that tells why was missed, ${what}`, () => {
    const source = new Source();
    const fates = new Fates();
    fates.learn(source.view(first));
    source.view(second);
    fates.learn(source.view(third));
    const { peer, cause, isSucceeded } = fates.of(peerOf("a"));
    assert.equal(`${wordOf(peer)} ${cause}${isSucceeded ? ", succeeded" : ""}`, expected);
  });
}

test("an old cause is forgotten when the view with the return was missed", () => {
  const source = new Source();
  const fates = new Fates();
  fates.learn(source.view("a"));
  fates.learn(source.view("", { causes: { a: "goodbye" } }));
  source.view("a");
  fates.learn(source.view("a b"));
  source.view("b", { causes: { a: "connection-lost" } });
  fates.learn(source.view("b c"));
  assert.equal(fates.of(peerOf("a")).cause, "unknown");
});

test("one that an operator deselected is shown as it lives", () => {
  const source = new Source();
  const fates = new Fates();
  fates.learn(source.view("a b"));
  const view = source.view("b");
  const alive = { kind: "left", peer: peerOf("a"), cause: "unknown" } as const;
  fates.learn({ ...view, changes: [alive] });
  assert.ok(isUsable(fates.of(peerOf("a")).peer));
});

test("whoever is not shown any more is forgotten", () => {
  const source = new Source();
  const fates = new Fates();
  fates.learn(source.view("a b"));
  fates.learn(source.view("", { causes: { a: "goodbye", b: "goodbye" } }));
  fates.keepOnly([peerOf("b")]);
  assert.equal(fates.of(peerOf("a")).cause, "unknown");
  assert.equal(fates.of(peerOf("b")).cause, "goodbye");
});

test("whether somebody returned is what the latest view says", () => {
  const source = new Source();
  const fates = new Fates();
  fates.learn(source.view("a"));
  assert.equal(fates.hasReturned(peerOf("a")), undefined);
  fates.learn(source.view("b"));
  assert.equal(fates.hasReturned(peerOf("b")), false);
  fates.learn(source.view("a b"));
  assert.equal(fates.hasReturned(peerOf("a")), true);
  assert.equal(fates.hasReturned(peerOf("b")), undefined);
});
