import assert from "node:assert/strict";
import { test } from "node:test";
import { map, of, share, Subject, throttleTime } from "rxjs";
import { arrivals, departures } from "../../lib/index.ts";
import type { View } from "../../lib/index.ts";
import { record, told } from "../helpers/record.ts";
import { marbles, Source } from "./views.ts";

test("first those present arrive, then everyone as he comes", () => {
  const source = new Source();
  const views = [
    source.view("a b? c!"),
    source.view("a b c!"),
    source.view("a b d"),
    source.view("b d", { causes: { a: "goodbye" } }),
    source.view("a b d"),
  ];
  const came = record(of(...views).pipe(arrivals(), map(told)));
  assert.deepEqual(came.values, [
    "joined a (present)",
    "joined b (new)",
    "joined d (new)",
    "joined a (returned)",
  ]);
  assert.equal(came.completed, 1);
});

test("departures come with their cause, once each", () => {
  const source = new Source();
  const views = [
    source.view("a b c d"),
    source.view("a? b! c* d/2", { causes: { a: "connection-lost", d: "replaced" } }),
    source.view("d/2"),
    source.view("", { causes: { d: "goodbye" } }),
  ];
  const went = record(of(...views).pipe(departures(), map(told)));
  assert.deepEqual(went.values, [
    "left a (connection-lost)",
    "left b (draining)",
    "left c (critical)",
    "left d (replaced)",
    "left d (goodbye)",
  ]);
});

test("a restart under the same id is a departure and an arrival", () => {
  const source = new Source();
  const views = [source.view("a"), source.view("a/2", { causes: { a: "replaced" } })];
  const came = record(of(...views).pipe(arrivals()));
  assert.deepEqual(
    came.values.map(({ peer }) => peer.instance),
    ["a-1", "a-2"],
  );
});

test("an update is neither", () => {
  const source = new Source();
  const views = [source.view("a")];
  views.push(source.of(views[0]?.peers.map((peer) => ({ ...peer, weight: 7 })) ?? []));
  assert.deepEqual(
    views[1]?.changes.map(({ kind }) => kind),
    ["updated"],
  );
  assert.equal(record(of(...views).pipe(arrivals())).values.length, 1);
  assert.equal(record(of(...views).pipe(departures())).values.length, 0);
});

test("each subscriber starts with those who are there when it comes", () => {
  const source = new Source();
  const views$ = new Subject<View>();
  const shared$ = views$.pipe(arrivals(), map(told));
  const early = record(shared$);
  views$.next(source.view("a"));
  const late = record(shared$);
  views$.next(source.view("a b"));
  assert.deepEqual(early.values, ["joined a (present)", "joined b (new)"]);
  assert.deepEqual(late.values, ["joined a (present)", "joined b (present)"]);
});

test("nobody is forgotten where views are dropped on the way", () => {
  const source = new Source();
  const values: Readonly<Record<string, View>> = {
    p: source.view("a b"),
    q: source.view("b", { causes: { a: "connection-lost" } }),
    r: source.view("b c"),
    s: source.view("c", { causes: { b: "goodbye" } }),
  };
  marbles(({ cold, expectObservable }) => {
    const few$ = cold("p-qr 20ms s---|", values).pipe(throttleTime(20), share());
    expectObservable(few$.pipe(departures(), map(told))).toBe("24ms (mn)|", {
      m: "left a (unknown)",
      n: "left b (goodbye)",
    });
    expectObservable(few$.pipe(arrivals(), map(told))).toBe("(ab) 20ms c---|", {
      a: "joined a (present)",
      b: "joined b (present)",
      c: "joined c (new)",
    });
  });
});
