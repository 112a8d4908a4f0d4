import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isUsable } from "../../lib/core/peer.ts";
import { Fates } from "../../lib/operators/fates.ts";
import { LEFT_MAX, Outlet } from "../../lib/operators/outlet.ts";
import { applied, peerOf, Source, toldBy } from "./views.ts";

function outletOf(): { readonly fates: Fates; readonly outlet: Outlet } {
  const fates = new Fates();
  return { fates, outlet: new Outlet(fates) };
}

test("those of the first view are present, whatever the source says of them", () => {
  const source = new Source();
  source.view("a");
  const { fates, outlet } = outletOf();
  const view = source.view("a b c?");
  fates.learn(view);
  assert.deepEqual(toldBy(outlet.give(view, view.peers)), [
    "joined a (present)",
    "joined b (present)",
  ]);
});

test("a change that the source told earlier is told when it is shown, with its cause", () => {
  const source = new Source();
  const { fates, outlet } = outletOf();
  const first = source.view("a b");
  fates.learn(first);
  outlet.give(first, first.peers);
  const second = source.view("b", { causes: { a: "connection-lost" } });
  fates.learn(second);
  assert.deepEqual(toldBy(outlet.give(second, first.peers)), []);
  const third = source.view("b c");
  fates.learn(third);
  assert.deepEqual(toldBy(outlet.give(third, third.peers)), [
    "left a (connection-lost)",
    "joined c (new)",
  ]);
});

test("one that enters the shown list again has returned, though it was there all the time", () => {
  const source = new Source();
  const { fates, outlet } = outletOf();
  const view = source.view("a b");
  fates.learn(view);
  outlet.give(view, view.peers);
  const less = outlet.give(source.view("a b"), [peerOf("b")]);
  assert.deepEqual(toldBy(less), ["left a (unknown)"]);
  assert.ok(
    less.changes.every(({ peer }) => isUsable(peer)),
    "it lives and is shown so",
  );
  assert.deepEqual(toldBy(outlet.give(source.view("a b"), view.peers)), ["joined a (returned)"]);
});

test("revisions rise, and are those of the source where it was not outpaced", () => {
  const source = new Source();
  const { outlet } = outletOf();
  const first = source.view("a");
  const second = source.view("a");
  const revisions = [first, first, second, source.view("a"), source.view("a")].map(
    (view) => outlet.give(view, view.peers).revision,
  );
  assert.deepEqual(revisions, [1, 2, 3, 4, 5]);
  source.view("a");
  assert.equal(outlet.give(source.view("a"), []).revision, 6);
});

test("what is remembered of departures has a limit", () => {
  const { outlet } = outletOf();
  const many = Array.from({ length: LEFT_MAX + 1 }, (_, i) =>
    peerOf(`p${String(i).padStart(5, "0")}`),
  );
  outlet.changesTo(many);
  outlet.changesTo([]);
  const causes = outlet.changesTo(many).map(({ cause }) => cause);
  assert.equal(causes.filter((cause) => cause === "returned").length, LEFT_MAX);
  assert.equal(causes[0], "new", "the one that left first is forgotten");
});

/** Lists as the registrar may publish them, one after the other, and which of them arrive. */
const HISTORY = fc.array(
  fc.record({
    words: fc
      .subarray(["a", "b", "c", "d", "e"])
      .chain((names) =>
        fc.tuple(
          ...names.map((name) =>
            fc.constantFrom(name, name, name, `${name}/2`, `${name}?`, `${name}!`, `${name}*`),
          ),
        ),
      ),
    arrives: fc.boolean(),
  }),
  { maxLength: 12 },
);

test("whatever views are missed, the changes lead to what is shown", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const source = new Source();
      const { fates, outlet } = outletOf();
      let there: ReadonlySet<string> = new Set();
      for (const { words, arrives } of history) {
        const view = source.view(words.join(" "));
        if (!arrives) continue;
        fates.learn(view);
        const given = outlet.give(view, view.peers);
        there = applied(there, given);
        fates.keepOnly(given.peers);
      }
    }),
  );
});

test("where no view is missed, the changes are those of the source", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const source = new Source();
      const { fates, outlet } = outletOf();
      for (const { words } of history) {
        const view = source.view(words.join(" "));
        fates.learn(view);
        const given = outlet.give(view, view.peers);
        assert.deepEqual(given.changes, view.changes);
        fates.keepOnly(given.peers);
      }
    }),
  );
});
