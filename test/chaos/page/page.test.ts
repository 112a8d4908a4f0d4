import assert from "node:assert/strict";
import { test } from "node:test";
import { UNDER_FAULTS } from "../claims/claims.ts";
import { faultFigures } from "../figures.ts";
import { judged } from "../judged.ts";
import { complaints, isGood, jsonOf, tableOf } from "../report.ts";
import type { Outcome } from "../scenario.ts";
import { ALICE, BEGIN_MS, BOUNDS, Tale } from "../tales.ts";
import { pageOf } from "./page.ts";
import { escaped, Scale } from "./svg.ts";

/** A story with a stopped registrar; in the bad one a watcher lacks Alice. */
function outcomeOf(isBad: boolean, failures: readonly string[] = []): Outcome {
  const tale = new Tale()
    .at(0, { kind: "frozen", node: "r0" })
    .at(5000, { kind: "thawed", node: "r0" });
  if (isBad) tale.loses(1000, ALICE).gets(1200, ALICE);
  const fault = { kind: "freeze", node: "r0" } as const;
  const faults = [{ fault, fromMs: BEGIN_MS, toMs: BEGIN_MS + 5000 }];
  return judged({
    story: { ...tale.story, faults },
    bounds: BOUNDS,
    claims: UNDER_FAULTS,
    figures: faultFigures,
    failures,
  });
}

test("a page stands alone, with a lane for each process and the faults in it", () => {
  const page = pageOf(outcomeOf(false));
  assert.doesNotMatch(page, /(?:src|href)=|@import|url\(/);
  for (const node of ["r0", "r1", "c0", "c1", "w0"])
    assert.match(page, new RegExp(`>${node}</text>`));
  assert.match(page, /class="fault freeze"[^>]*><title>r0 stopped<\/title>/);
  assert.match(page, /everything held/);
  assert.doesNotMatch(page, /<rect class="violation"[^>]*><title>/);
});

test("violations are red in the picture and told below it, with the faults around them", () => {
  const page = pageOf(outcomeOf(true));
  assert.match(page, /<rect class="violation"[^>]*><title>w0 lacks c0\.0/);
  assert.match(page, /2 violations/);
  assert.match(page, /1\.00 to 1\.20 s: w0 lacks c0\.0[^]*0\.00 s to 5\.00 s: r0 stopped/);
});

test("the report tells the same", () => {
  const [good, bad, ended] = [outcomeOf(false), outcomeOf(true), outcomeOf(false, ["r0 ended"])];
  assert.deepEqual([good, bad, ended].map(isGood), [true, false, false]);
  assert.match(tableOf([good]), /\| tale +\| violations of 5 claims +\| 0 /);
  assert.deepEqual(complaints([good]), []);
  const told = complaints([bad]).join("\n");
  assert.match(told, /tale, seed 1: 2 violations/);
  assert.match(told, /1\.00 s to 1\.20 s, the living are listed: w0 lacks c0\.0[^]*r0 stopped/);
  assert.match(complaints([ended]).join("\n"), /processes run: r0 ended/);
  const { outcomes } = JSON.parse(jsonOf([bad])) as {
    outcomes: { good: boolean; violations: object[] }[];
  };
  assert.equal(outcomes[0]?.good, false);
  assert.equal(outcomes[0].violations.length, 2);
});

test("places moments, and keeps what is short visible", () => {
  const scale = new Scale({ fromMs: 1000, toMs: 11_000, left: 100, right: 200 });
  assert.equal(scale.x(6000), 150);
  assert.equal(scale.x(0), 100);
  assert.deepEqual(scale.ticks.slice(0, 3), [0, 1, 2]);
  assert.ok((scale.box({ fromMs: 2000, toMs: 2001 }, 0, 5)?.width ?? 0) > 1);
  assert.equal(scale.box({ fromMs: 0, toMs: 900 }, 0, 5), undefined);
  assert.equal(escaped(`<a b="c">&`), "&lt;a b=&quot;c&quot;&gt;&amp;");
});
