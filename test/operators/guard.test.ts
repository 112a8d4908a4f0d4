import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { map, tap } from "rxjs";
import type { Observable } from "rxjs";
import { guard, select } from "../../lib/index.ts";
import type { GuardOptions, LeftCause, View } from "../../lib/index.ts";
import { isUsable } from "../../lib/core/peer.ts";
import { code } from "../helpers/rig.ts";
import { applied, marbles, peerOf, shown, Source, toldBy } from "./views.ts";
import type { ViewOptions } from "./views.ts";

const TIMES = { windowMs: 100, ceilingMs: 1000 } as const;

type Given = readonly [words: string, options?: ViewOptions];

/** What a guard makes of these views, as marbles. */
function guarded(
  given: Readonly<Record<string, Given>>,
  diagram: string,
  expected: readonly [diagram: string, values: Readonly<Record<string, string>>],
  options: GuardOptions = TIMES,
): void {
  const source = new Source();
  const views = Object.fromEntries(
    Object.entries(given).map(([name, [words, rest]]) => [name, source.view(words, rest)]),
  );
  marbles(({ cold, expectObservable }) => {
    const shown$ = cold(diagram, views).pipe(guard(options), map(shown));
    expectObservable(shown$).toBe(...expected);
  });
}

test("one crash of three goes through at once", () => {
  guarded({ a: ["x y z"], b: ["x? y z"], c: ["y z"] }, "abc", [
    "abc",
    { a: "x y z", b: "x? y z", c: "y z" },
  ]);
});

test("most of them lost at once are held as they were, until they are back", () => {
  guarded(
    { a: ["w x y z"], b: ["w? x? y? z"], c: ["z"], d: ["w y z"], e: ["w x y z"] },
    "a 9ms b 9ms c 9ms d 9ms e",
    [
      "a 9ms b 9ms c 9ms d 9ms e",
      {
        a: "w x y z",
        b: "w x y z (held)",
        c: "w x y z (held)",
        d: "w y z",
        e: "w x y z",
      },
    ],
  );
});

test("at the ceiling they go, and the next crash is not held for it", () => {
  guarded({ a: ["v w x y z"], b: ["z y"], c: ["z"] }, "a 9ms b 1200ms c", [
    "a 9ms b 999ms d 200ms c",
    { a: "v w x y z", b: "v w x y z (held)", d: "y z", c: "z" },
  ]);
});

test("the last one is held, and nobody is left only after the ceiling", () => {
  guarded({ a: ["x"], b: [""] }, "a 9ms b", ["a 9ms b 999ms c", { a: "x", b: "x (held)", c: "" }]);
});

test("the second of two is held, though the first went through", () => {
  guarded({ a: ["x y"], b: ["y"], c: [""], d: ["y"] }, "a 9ms b 9ms c 9ms d", [
    "a 9ms b 9ms c 9ms d",
    { a: "x y", b: "y", c: "y (held)", d: "y" },
  ]);
});

test("what was held goes when earlier losses have left the window", () => {
  guarded({ a: ["u v w x y z"], b: ["x y z"], c: ["y z"] }, "a 9ms b 9ms c", [
    "a 9ms b 9ms c 89ms d",
    { a: "u v w x y z", b: "x y z", c: "x y z (held)", d: "y z" },
  ]);
});

test("what was held goes when so many others came that the share is small", () => {
  guarded({ a: ["w x y z"], b: ["z"], c: ["p z"], d: ["p q z"] }, "a 9ms b 9ms c 9ms d", [
    "a 9ms b 9ms c 9ms d",
    { a: "w x y z", b: "w x y z (held)", c: "p w x y z (held)", d: "p q z" },
  ]);
});

const EXPLICIT: readonly LeftCause[] = ["goodbye", "draining", "replaced"];
const LOSSES: readonly LeftCause[] = [
  "connection-lost",
  "missed-surveys",
  "lease-expired",
  "health-check",
  "not-returned",
  "critical",
  "unknown",
];

for (const cause of EXPLICIT) {
  test(`all of them may go with cause ${cause}`, () => {
    const causes = { x: cause, y: cause };
    guarded({ a: ["x y"], b: ["", { causes }] }, "ab", ["ab", { a: "x y", b: "" }]);
  });
}

for (const cause of LOSSES) {
  test(`all of them at once are held with cause ${cause}`, () => {
    const causes = { x: cause, y: cause };
    guarded({ a: ["x y"], b: ["", { causes }], c: ["x y"] }, "abc", [
      "abc",
      { a: "x y", b: "x y (held)", c: "x y" },
    ]);
  });
}

test("all of them draining are let go, all of them critical are held", () => {
  guarded({ a: ["x y"], b: ["x! y!"] }, "ab", ["ab", { a: "x y", b: "x! y!" }]);
  guarded({ a: ["x y"], b: ["x* y*"], c: ["x y"] }, "abc", [
    "abc",
    { a: "x y", b: "x y (held)", c: "x y" },
  ]);
});

test("one that is held goes as soon as it says that it drains", () => {
  guarded({ a: ["x y z"], b: ["x* y* z*"], c: ["x! y* z*"], d: ["x! y z"] }, "abcd", [
    "abcd",
    { a: "x y z", b: "x y z (held)", c: "x! y z (held)", d: "x! y z" },
  ]);
});

test("goodbyes pass while others are held", () => {
  guarded({ a: ["w x y z"], b: ["z", { causes: { w: "goodbye" } }], c: ["x y z"] }, "abc", [
    "abc",
    { a: "w x y z", b: "x y z (held)", c: "x y z" },
  ]);
});

test("whoever has a successor is not held, even if that one is not usable yet", () => {
  guarded({ a: ["x y"], b: ["x/2* y/2*"] }, "ab", ["ab", { a: "x y", b: "x/2* y/2*" }]);
  guarded({ a: ["x y z"], b: ["z?"], c: ["x/2 z?"], d: ["x/2 y z"] }, "abcd", [
    "abcd",
    {
      a: "x y z",
      b: "x y z (held)",
      c: "x/2 y z (held)",
      d: "x/2 y z",
    },
  ]);
});

test("newcomers and updates pass while others are held", () => {
  const source = new Source();
  const [w, x, y, z] = [peerOf("w"), peerOf("x"), peerOf("y"), peerOf("z")];
  const heavy = { ...z, weight: 7 };
  const views = {
    a: source.of([w, x, y, z]),
    b: source.of([z]),
    c: source.of([peerOf("n"), heavy]),
    d: source.of([peerOf("n"), w, x, y, heavy]),
  };
  marbles(({ cold, expectObservable }) => {
    const told$ = cold("abcd|", views).pipe(
      guard(TIMES),
      map((view) => [view.authority, ...toldBy(view)].join(", ")),
    );
    expectObservable(told$).toBe("abcd|", {
      a: "live, joined w (present), joined x (present), joined y (present), joined z (present)",
      b: "held",
      c: "held, joined n (new), updated z (updated)",
      d: "live",
    });
  });
});

test("each service is guarded by itself, and one that is held says so for all", () => {
  guarded(
    {
      a: ["users:x users:y orders:x orders:y orders:z"],
      b: ["users:y orders:z"],
      c: ["orders:x orders:z"],
    },
    "a 9ms b 150ms c",
    [
      "a 9ms b 150ms c 159ms d",
      {
        a: "orders:x users:x orders:y users:y orders:z",
        b: "orders:x orders:y users:y orders:z (held)",
        c: "orders:x users:y orders:z (held)",
        d: "orders:x orders:z",
      },
    ],
    { windowMs: 100, ceilingMs: 160 },
  );
});

test("who is held is told about when he goes, with the cause he left with", () => {
  const source = new Source();
  const causes = { x: "connection-lost", y: "missed-surveys" } as const;
  const views = { a: source.view("x y"), b: source.view("x? y?", { causes }), c: source.view("") };
  marbles(({ cold, expectObservable }) => {
    const told$ = cold("a 9ms b 9ms c", views).pipe(
      guard(TIMES),
      map((view) => toldBy(view).join()),
    );
    expectObservable(told$).toBe("a 9ms b 9ms c 989ms d", {
      a: "joined x (present),joined y (present)",
      b: "",
      c: "",
      d: "left x (connection-lost),left y (missed-surveys)",
    });
  });
});

test("one that a selection gave up while it lives is let go, unless nobody is left", () => {
  const source = new Source();
  const [n, f, g] = [peerOf("n", { zone: "a" }), peerOf("f", { zone: "b" }), peerOf("g")];
  const blue = { ...n, tags: ["blue"] };
  const views = {
    a: source.of([f, g]),
    b: source.of([f, g, n]),
    c: source.of([f, g, blue]),
    d: source.of([f, g, n]),
  };
  marbles(({ cold, expectObservable }) => {
    const views$ = cold("abcd", views);
    const zoned$ = views$.pipe(select({ zone: "a" }), guard(TIMES), map(shown));
    expectObservable(zoned$).toBe("abcd", { a: "f g", b: "n", c: "n", d: "n" });
    const blue$ = views$.pipe(select({ tags: ["blue"] }), guard(TIMES), map(shown));
    expectObservable(blue$).toBe("abcd 999ms e", { a: "", b: "", c: "n", d: "n (held)", e: "" });
  });
});

test("a list that is stale is held as well, and says held", () => {
  guarded({ a: ["x y"], b: ["", { authority: "stale" }] }, "a 9ms b", [
    "a 9ms b 999ms c",
    { a: "x y", b: "x y (held)", c: " (stale)" },
  ]);
});

test("with a share of 1 and nothing else only an empty list is held", () => {
  const options = { maxRemovedShare: 1, minRemoved: 0, ...TIMES };
  guarded({ a: ["w x y z"], b: ["z"] }, "ab", ["ab", { a: "w x y z", b: "z" }], options);
});

for (const options of [
  { maxRemovedShare: -0.1 },
  { maxRemovedShare: "half" },
  { minRemoved: 0.5 },
  { windowMs: 0 },
  { ceilingMs: Infinity },
  { ceiling: 5 },
]) {
  test(`guard(${JSON.stringify(options)}) is refused at once`, () => {
    assert.throws(() => guard(options as GuardOptions), code("ERR_OPTION"));
  });
}

const NAMES = ["v", "w", "x", "y", "z"] as const;
const HISTORY = fc.array(
  fc.record({
    words: fc
      .tuple(...NAMES.map(() => fc.constantFrom("", "", "?", "!", "*", "/2", "gone", "gone")))
      .map((marks) => NAMES.flatMap((name, i) => (marks[i] === "gone" ? [] : [name + marks[i]]))),
    causes: fc.tuple(...NAMES.map(() => fc.constantFrom(...EXPLICIT, ...LOSSES, ...LOSSES))),
    afterMs: fc.integer({ min: 1, max: 700 }),
  }),
  { minLength: 1, maxLength: 14 },
);

test("whatever happens, the living are shown, the dead not for ever, and changes add up", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const source = new Source();
      const views = history.map(({ words, causes }) => {
        const named = Object.fromEntries(NAMES.map((name, i) => [name, causes[i] ?? "unknown"]));
        return source.view(words.join(" "), { causes: named });
      });
      const letters = views.map((_, i) => String.fromCodePoint(97 + i));
      const diagram = letters.map((letter, i) => `${letter} ${history[i]?.afterMs ?? 1}ms`);
      const values = Object.fromEntries(letters.map((letter, i) => [letter, views[i]]));
      marbles(({ cold, flush }) => {
        const source$ = cold(`${diagram.join(" ")} -`, values) as Observable<View>;
        const last = checked(source$);
        flush();
        assert.deepEqual(usableOf(last()), usableOf(views.at(-1)), "held after the ceiling");
      });
    }),
    { numRuns: 300 },
  );
});

/** Checks each guarded view against the one it was made of; gives the last of them. */
function checked(source$: Observable<View>): () => View | undefined {
  let given: View | undefined;
  let last: View | undefined;
  let there: ReadonlySet<string> = new Set();
  source$
    .pipe(
      tap((view) => (given = view)),
      guard(TIMES),
    )
    .subscribe((view) => {
      assert.ok(given);
      last = view;
      there = applied(there, view);
      const [are, came] = [usableOf(view), usableOf(given)];
      for (const run of came) assert.ok(are.includes(run), `${run} lives and is missing`);
      const isHolding = are.length > came.length;
      assert.equal(view.authority, isHolding ? "held" : "live");
    });
  return () => last;
}

function usableOf(view: View | undefined): readonly string[] {
  return (view?.peers ?? []).filter(isUsable).map(({ instance }) => instance);
}
