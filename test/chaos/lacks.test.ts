import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "./history.ts";
import { lackTales, lacksOf } from "./lacks.ts";
import { ALICE, BOUNDS, Tale } from "./tales.ts";

function told(tale: Tale): readonly string[] {
  return lackTales(new History(tale.story), BOUNDS);
}

test("nobody is lacked where nothing happens, nor before claims are made", () => {
  assert.deepEqual(told(new Tale()), []);
  assert.deepEqual(told(new Tale().loses(-2000, ALICE).gets(-1000, ALICE)), []);
});

test("a lack is told with all that was wrong for this watcher and this member at the time", () => {
  const tale = new Tale()
    .at(500, { kind: "down", node: "r0" })
    .at(600, { kind: "cut", cut: "a", from: ["c0"], to: ["r1"] })
    .at(700, { kind: "cut", cut: "b", from: ["c1"], to: ["r1"] })
    .loses(1000, ALICE)
    .gets(1250, ALICE);
  assert.deepEqual(told(tale), [
    "1.00 s to 1.25 s: w0 lacked c0.0; r0 was down, r1 and c0 were cut",
  ]);
});

test("a lack for which there is no reason says so, and one of a newcomer how new it was", () => {
  const plain = new Tale().loses(1000, ALICE).gets(1250, ALICE);
  assert.deepEqual(told(plain), ["1.00 s to 1.25 s: w0 lacked c0.0; nothing was wrong"]);
  const carol = { id: "c0.0", instance: "carol" };
  const fresh = new Tale()
    .at(500, { kind: "down", node: "c0" })
    .loses(510, ALICE)
    .at(900, { kind: "joined", node: "c0", runs: [carol] })
    .gets(910, carol)
    .loses(1000, carol)
    .gets(1040, carol);
  assert.deepEqual(told(fresh), ["1.00 s to 1.04 s: w0 lacked c0.0; it had joined 100 ms before"]);
});

test("a watcher that stood still, and a member that did, are told apart", () => {
  const stalledMs = BOUNDS.stallMs + 1000;
  const asleep = new Tale()
    .loses(1000, ALICE)
    .gets(1250, ALICE)
    .at(stalledMs, { kind: "stall", node: "w0", sinceMs: 100_000 });
  assert.match(told(asleep)[0] ?? "", /w0 stood still/);
  const mute = new Tale()
    .loses(1000, ALICE)
    .gets(1250, ALICE)
    .at(stalledMs, { kind: "stall", node: "c0", sinceMs: 100_000 });
  assert.deepEqual(lacksOf(new History(mute.story), BOUNDS), []);
});

test("more lacks than are shown are counted", () => {
  const tale = new Tale();
  for (let at = 1; at <= 25; at += 1) tale.loses(at * 1000, ALICE).gets(at * 1000 + 100, ALICE);
  const lines = told(tale);
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1), "… and 5 more");
});
