import assert from "node:assert/strict";
import { test } from "node:test";
import { map, of, Subject } from "rxjs";
import { subset } from "../../lib/index.ts";
import type { SubsetOptions, View } from "../../lib/index.ts";
import { code } from "../helpers/rig.ts";
import { ids, record } from "../helpers/record.ts";
import { marbles, shown, Source, toldBy } from "./views.ts";

const MANY = Array.from({ length: 100 }, (_, i) => `s${i}`);

test("100 watchers of 100 peers with size 10 use each peer exactly 10 times", () => {
  const uses = new Map<string, number>();
  for (let ordinal = 0; ordinal < 100; ordinal += 1) {
    const view = new Source().view(MANY.join(" "), { ordinal });
    const { peers } = record(of(view).pipe(subset({ size: 10 }))).now;
    assert.equal(peers.length, 10);
    for (const { id } of peers) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  assert.deepEqual(new Set(uses.values()), new Set([10]));
  assert.equal(uses.size, 100);
});

test("a peer that is lost is made good at once, and nobody else changes", () => {
  const source = new Source();
  const first = source.view(MANY.join(" "), { ordinal: 42 });
  const had = ids(record(of(first).pipe(subset({ size: 10 }))).now.peers);
  const lost = had[4] ?? "";
  const words = MANY.map((id) => (id === lost ? `${id}?` : id)).join(" ");
  const causes = { [lost]: "connection-lost" } as const;
  const views$ = of(first, source.view(words, { ordinal: 42, causes }));
  const out = record(views$.pipe(subset({ size: 10 })));
  assert.equal(out.now.peers.length, 10);
  const left = toldBy(out.now).filter((line) => line.startsWith("left"));
  assert.ok(left.includes(`left ${lost} (connection-lost)`));
  assert.ok(left.length <= 2 && out.now.changes.length <= 4, toldBy(out.now).join(", "));
});

test("a restart under the same id stays in the subset", () => {
  const source = new Source();
  const first = source.view(MANY.join(" "), { ordinal: 7 });
  const had = ids(record(of(first).pipe(subset({ size: 10 }))).now.peers);
  const again = source.view(MANY.map((id) => `${id}/2`).join(" "), { ordinal: 7 });
  const out = record(of(first, again).pipe(subset({ size: 10 })));
  assert.deepEqual(ids(out.now.peers), had);
  assert.ok(out.now.peers.every(({ instance }) => instance.endsWith("-2")));
});

test("of no more than the size, all usable ones are used, and no others", () => {
  const view = new Source().view("a b c? d! e*", { ordinal: 5 });
  assert.deepEqual(record(of(view).pipe(subset({ size: 2 }), map(shown))).values, ["a b"]);
});

test("each service gives a subset of its own", () => {
  const words = ["users", "orders"].flatMap((service) => MANY.map((id) => `${service}:${id}`));
  const view = new Source().view(`${words.join(" ")} lone:a`, { ordinal: 3 });
  const { peers } = record(of(view).pipe(subset({ size: 10 }))).now;
  const sizes = ["users", "orders", "lone"].map(
    (name) => peers.filter(({ service }) => service === name).length,
  );
  assert.deepEqual(sizes, [10, 10, 1]);
});

test("nothing is said until the number is told, and it is kept when nobody tells it any more", () => {
  const source = new Source();
  const views = {
    a: source.view("a b", { ordinal: null }),
    b: source.view("a b", { ordinal: 3 }),
    c: source.view("a", { ordinal: null }),
  };
  marbles(({ cold, expectObservable }) => {
    const out$ = cold("a 99ms b 9s c", views).pipe(subset({ size: 5 }), map(shown));
    expectObservable(out$).toBe("- 99ms b 9s c", { b: "a b", c: "a" });
  });
});

test("where no number is ever told, one is drawn after a while, until one is", () => {
  const source = new Source();
  const words = MANY.join(" ");
  const views = {
    a: source.view(words, { ordinal: null }),
    b: source.view(words, { ordinal: null }),
    c: source.view(words, { ordinal: 0 }),
  };
  const told = record(of(views.c).pipe(subset({ size: 10 }))).now;
  const seen: View[] = [];
  marbles(({ cold, flush }) => {
    const views$ = cold("a 400ms b 9s c", views);
    views$.pipe(subset({ size: 10, ordinalForMs: 500 })).subscribe((view) => seen.push(view));
    flush();
  });
  assert.deepEqual(
    seen.map(({ peers }) => peers.length),
    [10, 10],
  );
  assert.deepEqual(ids(seen[1]?.peers), ids(told.peers));
});

test("the number is waited for 5 seconds unless said otherwise", () => {
  const view = new Source().view("a", { ordinal: null });
  marbles(({ cold, expectObservable }) => {
    const out$ = cold("a", { a: view }).pipe(subset({ size: 1 }), map(shown));
    expectObservable(out$).toBe("5s a", { a: "a" });
  });
});

test("an anonymous watcher is told what it lacks", () => {
  const views$ = new Subject<View>();
  const out = record(views$.pipe(subset({ size: 1 })));
  views$.next(new Source().view("a"));
  assert.equal(out.errors.length, 1);
  assert.ok(code("ERR_NEEDS_SURVEY")(out.errors[0]));
  assert.equal(views$.observed, false);
});

for (const options of [
  {},
  { size: 0 },
  { size: 2.5 },
  { size: 3, ordinalForMs: -1 },
  { count: 3 },
]) {
  test(`subset(${JSON.stringify(options)}) is refused at once`, () => {
    assert.throws(() => subset(options as SubsetOptions), code("ERR_OPTION"));
  });
}
