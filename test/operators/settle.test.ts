import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { map, tap } from "rxjs";
import type { Observable } from "rxjs";
import { settle } from "../../lib/index.ts";
import type { SettleOptions, View } from "../../lib/index.ts";
import { code } from "../helpers/rig.ts";
import { applied, marbles, shown, Source, toldBy } from "./views.ts";
import type { ViewOptions } from "./views.ts";

const RULE = { downForMs: 1000 } as const;
const BYE: ViewOptions = { causes: { x: "goodbye", y: "goodbye" } };

type Given = readonly [words: string, options?: ViewOptions];

/** What settling makes of these views, as marbles. */
function settled(
  given: Readonly<Record<string, Given>>,
  diagram: string,
  expected: readonly [diagram: string, values: Readonly<Record<string, string>>],
  options: SettleOptions = RULE,
): void {
  const source = new Source();
  const views = Object.fromEntries(
    Object.entries(given).map(([name, [words, rest]]) => [name, source.view(words, rest)]),
  );
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold(diagram, views).pipe(settle(options), map(shown))).toBe(...expected);
  });
}

test("one that is gone stays for a quiet time, then leaves", () => {
  settled({ a: ["x y"], b: ["x? y"], c: ["y"] }, "a 9ms b 9ms c", [
    "a 9ms b 9ms c 999ms d",
    { a: "x y", b: "x? y", c: "x? y", d: "y" },
  ]);
});

test("a suspect stays for as long as it is listed", () => {
  settled({ a: ["x y"], b: ["x? y"], c: ["x y"] }, "a 9ms b 9s c", [
    "a 9ms b 9s c",
    { a: "x y", b: "x? y", c: "x y" },
  ]);
});

test("a flap changes nobody's place, and the quiet time begins anew", () => {
  settled({ a: ["x y"], b: ["y"], c: ["x y"], d: ["y"] }, "a 9ms b 899ms c 899ms d", [
    "a 9ms b 899ms c 899ms d 999ms e",
    { a: "x y", b: "x? y", c: "x y", d: "x? y", e: "y" },
  ]);
});

test("a restart under the same id changes nobody's place", () => {
  settled({ a: ["x y"], b: ["y"], c: ["x/2 y"] }, "a 9ms b 899ms c", [
    "a 9ms b 899ms c",
    { a: "x y", b: "x? y", c: "x/2 y" },
  ]);
});

test("one that says goodbye leaves at once", () => {
  settled({ a: ["x y"], b: ["y", BYE] }, "ab", ["ab", { a: "x y", b: "y" }]);
});

test("one that drains stays while it is listed and then leaves at once, without a word", () => {
  settled({ a: ["x y"], b: ["x! y"], c: ["y"] }, "a 9s b 9s c", [
    "a 9s b 9s c",
    { a: "x y", b: "x! y", c: "y" },
  ]);
});

test("one that was draining when we came leaves at once as well", () => {
  settled({ a: ["x! y"], b: ["y"] }, "ab", ["ab", { a: "x! y", b: "y" }]);
});

test("the goodbye of a rolling restart can be waited out", () => {
  const rule = { downForMs: 1000, goodbyeForMs: 300 };
  settled(
    { a: ["x y"], b: ["y", BYE], c: ["x/2 y"], d: ["x/2", BYE] },
    "a 9ms b 199ms c 199ms d",
    ["a 9ms b 199ms c 199ms d 299ms e", { a: "x y", b: "x? y", c: "x/2 y", d: "x/2 y?", e: "x/2" }],
    rule,
  );
});

test("a drain and its goodbye are one departure, which can be waited out", () => {
  settled(
    { a: ["x y"], b: ["x! y"], c: ["y"], d: ["x/2 y"], e: ["x/2 y!"] },
    "a 9ms b 99ms c 99ms d 99ms e",
    [
      "a 9ms b 99ms c 99ms d 99ms e 299ms f",
      { a: "x y", b: "x? y", c: "x? y", d: "x/2 y", e: "x/2 y?", f: "x/2 y!" },
    ],
    { downForMs: 1000, goodbyeForMs: 300 },
  );
});

test("one that is critical keeps its place for the quiet time", () => {
  settled({ a: ["x y"], b: ["x* y"], c: ["x y"], d: ["x* y"] }, "a 9ms b 499ms c 499ms d", [
    "a 9ms b 499ms c 499ms d 999ms e",
    { a: "x y", b: "x? y", c: "x y", d: "x? y", e: "x* y" },
  ]);
});

test("a new run that is critical at first keeps the place of the old one", () => {
  settled({ a: ["x y"], b: ["x/2* y"], c: ["x/2 y"] }, "a 9ms b 499ms c", [
    "a 9ms b 499ms c",
    { a: "x y", b: "x? y", c: "x/2 y" },
  ]);
});

test("everybody may be gone and is still there", () => {
  settled({ a: ["x y"], b: [""] }, "a 9ms b", ["a 9ms b 999ms c", { a: "x y", b: "x? y?", c: "" }]);
});

test("newcomers show at once, and one wait does not end another", () => {
  settled({ a: ["x y"], b: ["y z"], c: ["z"] }, "a 9ms b 499ms c", [
    "a 9ms b 499ms c 499ms d 499ms e",
    { a: "x y", b: "x? y z", c: "x? y? z", d: "y? z", e: "z" },
  ]);
});

test("without a wait everything passes as it comes", () => {
  settled({ a: ["x y"], b: ["y"], c: [""] }, "abc", ["abc", { a: "x y", b: "y", c: "" }], {
    downForMs: 0,
  });
});

test("the time is 30 seconds unless said otherwise", () => {
  settled({ a: ["x y"], b: ["y"] }, "ab", ["ab 29999ms c", { a: "x y", b: "x? y", c: "y" }], {});
});

test("departures are told at once, since who is waited for takes no work", () => {
  const source = new Source();
  const views = {
    a: source.view("x y"),
    b: source.view("x? y", { causes: { x: "connection-lost" } }),
    c: source.view("y"),
    d: source.view("x/2 y"),
  };
  marbles(({ cold, expectObservable }) => {
    const told$ = cold("abcd", views).pipe(
      settle(RULE),
      map((view) => toldBy(view).join()),
    );
    expectObservable(told$).toBe("abcd", {
      a: "joined x (present),joined y (present)",
      b: "left x (connection-lost)",
      c: "",
      d: "joined x (new)",
    });
  });
});

test("the source ends it, whoever is waited for", () => {
  settled({ a: ["x y"], b: ["y"] }, "a 9ms b 9ms |", ["a 9ms b 9ms |", { a: "x y", b: "x? y" }]);
});

for (const options of [{ downForMs: -1 }, { downForMs: 1.5 }, { goodbyeForMs: "5" }, { down: 1 }]) {
  test(`settle(${JSON.stringify(options)}) is refused at once`, () => {
    assert.throws(() => settle(options as SettleOptions), code("ERR_OPTION"));
  });
}

const NAMES = ["x", "y", "z"] as const;
const HISTORY = fc.array(
  fc.record({
    words: fc
      .tuple(...NAMES.map(() => fc.constantFrom("", "", "?", "!", "*", "/2", "gone", "gone")))
      .map((marks) => NAMES.flatMap((name, i) => (marks[i] === "gone" ? [] : [name + marks[i]]))),
    causes: fc.record({ x: fc.constantFrom("goodbye", "connection-lost", "unknown") }),
    afterMs: fc.integer({ min: 1, max: 1500 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test("whatever happens, every member is shown, and in the end what is listed", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const source = new Source();
      const views = history.map(({ words, causes }) => source.view(words.join(" "), { causes }));
      const letters = views.map((_, i) => String.fromCodePoint(97 + i));
      const diagram = letters.map((letter, i) => `${letter} ${history[i]?.afterMs ?? 1}ms`);
      const values = Object.fromEntries(letters.map((letter, i) => [letter, views[i]]));
      marbles(({ cold, flush }) => {
        const last = checked(cold(`${diagram.join(" ")} -`, values) as Observable<View>);
        flush();
        assert.deepEqual(last()?.peers, views.at(-1)?.peers);
      });
    }),
    { numRuns: 200 },
  );
});

/** Checks each settled view against the one it was made of; gives the last of them. */
function checked(source$: Observable<View>): () => View | undefined {
  let given: View | undefined;
  let last: View | undefined;
  let there: ReadonlySet<string> = new Set();
  source$
    .pipe(
      tap((view) => (given = view)),
      settle(RULE),
    )
    .subscribe((view) => {
      last = view;
      there = applied(there, view);
      for (const peer of given?.peers ?? []) {
        const isMember = peer.status === "passing";
        assert.ok(!isMember || view.peers.includes(peer), `${peer.id} is missing`);
      }
      const ids = view.peers.map(({ id }) => id);
      assert.deepEqual(ids, [...new Set(ids)].toSorted(), "sorted, and nobody twice");
    });
  return () => last;
}
