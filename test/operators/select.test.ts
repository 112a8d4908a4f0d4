import assert from "node:assert/strict";
import { test } from "node:test";
import { map, of, Subject } from "rxjs";
import fc from "fast-check";
import { departures, select } from "../../lib/index.ts";
import type { View } from "../../lib/index.ts";
import { isUsable } from "../../lib/core/peer.ts";
import { record } from "../helpers/record.ts";
import { applied, peerOf, shown, Source, toldBy, wordOf } from "./views.ts";

const BLUE = { tags: ["blue"] } as const;

test("the changes are those of the selection, not of the service", () => {
  const source = new Source();
  const [a, b, c] = [peerOf("a", BLUE), peerOf("b"), peerOf("c", BLUE)];
  const views = [
    source.of([a, b]),
    source.of([a, b, c]),
    source.of([a, c]),
    source.of([{ ...a, weight: 2 }, c]),
    source.of([peerOf("a?", BLUE), c], { causes: { a: "connection-lost" } }),
  ];
  const out = record(of(...views).pipe(select({ tags: ["blue"] })));
  assert.deepEqual(out.values.map(shown), ["a", "a c", "a c", "a c", "a? c"]);
  assert.deepEqual(out.values.map(toldBy), [
    ["joined a (present)"],
    ["joined c (new)"],
    [],
    ["updated a (updated)"],
    ["left a (connection-lost)"],
  ]);
});

test("one that leaves the selection while it lives is shown alive, and returns", () => {
  const source = new Source();
  const a = peerOf("a", BLUE);
  const green = { ...a, tags: ["green"] };
  const views = [source.of([a]), source.of([green]), source.of([{ ...a }])];
  const out = record(of(...views).pipe(select({ tags: ["blue"] })));
  assert.deepEqual(out.values.map(toldBy), [
    ["joined a (present)"],
    ["left a (unknown)"],
    ["joined a (returned)"],
  ]);
  const [, left] = out.values;
  assert.deepEqual(
    left?.changes.map(({ peer }) => [peer.standing, peer.tags]),
    [["alive", ["green"]]],
  );
  const went = record(of(...views).pipe(select({ tags: ["blue"] }), departures()));
  assert.ok(went.values.every(({ peer }) => isUsable(peer)));
});

test("a drained peer that a filter on the status takes out is told to be draining", () => {
  const source = new Source();
  const views = [source.view("a b"), source.view("a! b*")];
  const out = record(of(...views).pipe(select({ status: ["passing"] })));
  assert.deepEqual(out.values.map(shown), ["a b", ""]);
  assert.deepEqual(toldBy(out.now), ["left a (draining)", "left b (critical)"]);
});

test("when the zone runs short the others come, and go when it is enough again", () => {
  const source = new Source();
  const near = ["n1", "n2", "n3"].map((id) => peerOf(id, { zone: "a" }));
  const far = ["f1", "f2"].map((id) => peerOf(id, { zone: "b" }));
  const [n1, n2, n3] = near;
  assert.ok(n1 && n2 && n3);
  const views = [
    source.of([...near, ...far]),
    source.of([n1, n2, ...far], { causes: { n3: "connection-lost" } }),
    source.of([n1, ...far], { causes: { n2: "connection-lost" } }),
    source.of([n1, n3, ...far]),
  ];
  const out = record(of(...views).pipe(select({ zone: { prefer: "a", minPeers: 2 } })));
  assert.deepEqual(out.values.map(shown), ["n1 n2 n3", "n1 n2", "f1 f2 n1", "n1 n3"]);
  assert.deepEqual(out.values.map(toldBy), [
    ["joined n1 (present)", "joined n2 (present)", "joined n3 (present)"],
    ["left n3 (connection-lost)"],
    ["left n2 (connection-lost)", "joined f1 (new)", "joined f2 (new)"],
    ["left f1 (unknown)", "left f2 (unknown)", "joined n3 (returned)"],
  ]);
});

test("a zone given as a name leaves it only when nobody is left there", () => {
  const source = new Source();
  const [n, f] = [peerOf("n", { zone: "a" }), peerOf("f", { zone: "b" })];
  const views = [source.of([n, f]), source.of([f])];
  assert.deepEqual(record(of(...views).pipe(select({ zone: "a" }), map(shown))).values, ["n", "f"]);
});

test("selections compose, and everything else of a view passes", () => {
  const source = new Source();
  const peers = [
    peerOf("a", { ...BLUE, version: "1.0.0" }),
    peerOf("b", { ...BLUE, version: "2.0.0" }),
    peerOf("c", { version: "1.0.0" }),
  ];
  const view = source.of(peers, { authority: "stale", ordinal: 3 });
  const out = record(of(view).pipe(select({ tags: ["blue"] }), select({ version: "1.x" })));
  const { peers: left, changes, ...rest } = out.now;
  assert.deepEqual(left.map(wordOf), ["a"]);
  assert.equal(changes.length, 1);
  const { peers: _peers, changes: _changes, ...given } = view;
  assert.deepEqual(rest, given);
});

test("each subscriber has changes of its own, and completion passes", () => {
  const source = new Source();
  const views$ = new Subject<View>();
  const selected$ = views$.pipe(select({ tags: ["blue"] }));
  const early = record(selected$);
  views$.next(source.of([peerOf("a", BLUE)]));
  const late = record(selected$);
  views$.next(source.of([peerOf("a", BLUE), peerOf("b", BLUE)]));
  assert.deepEqual(toldBy(early.now), ["joined b (new)"]);
  assert.deepEqual(toldBy(late.now), ["joined a (present)", "joined b (present)"]);
  views$.complete();
  assert.deepEqual([early.completed, late.completed], [1, 1]);
});

test("whatever happens, the changes lead to the selection", () => {
  const peer = fc
    .record({
      id: fc.constantFrom("a", "b", "c", "d"),
      mark: fc.constantFrom("", "", "?", "!"),
      zone: fc.constantFrom("a", "b"),
      tags: fc.subarray(["blue", "fast"]),
    })
    .map(({ id, mark, ...rest }) => peerOf(`${id}${mark}`, rest));
  const list = fc.uniqueArray(peer, { selector: ({ id }) => id });
  fc.assert(
    fc.property(fc.array(list, { maxLength: 10 }), (lists) => {
      const source = new Source();
      const views = lists.map((peers) => source.of(peers));
      const options = { tags: ["blue"], zone: { prefer: "a", minShare: 0.5 } };
      let there: ReadonlySet<string> = new Set();
      for (const view of record(of(...views).pipe(select(options))).values) {
        there = applied(there, view);
      }
    }),
  );
});
