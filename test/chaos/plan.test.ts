import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Random } from "../../lib/testing/random.ts";
import type { Era, Fault, PlannedFault } from "./faults.ts";
import { eraOf, pausesOf } from "./plan.ts";
import type { Recipe } from "./plan.ts";
import { atOnce } from "./spans.ts";
import { named } from "./scenarios/faulty.ts";

const CAST = { registrars: named("r", 3), crews: named("c", 8), watchers: named("w", 3) };
const RECIPE: Recipe = { lengthMs: 25_000, spares: "always", crewCrashes: 2, isMixed: false };
const MIXED: Recipe = { ...RECIPE, spares: "sometimes", crewCrashes: 1, isMixed: true };

/** Checks something of many eras. */
function ofEras(recipe: Recipe, check: (era: Era) => void): void {
  fc.assert(fc.property(fc.integer(), (seed) => check(eraOf(CAST, recipe, new Random(seed)))));
}

function spansOf(era: Era, node: string, kinds: readonly Fault["kind"][]): readonly PlannedFault[] {
  return era.faults.filter(({ fault }) => fault.node === node && kinds.includes(fault.kind));
}

test("the same seed plans the same era, another seed another one", () => {
  const planned = (seed: number): Era => eraOf(CAST, MIXED, new Random(seed));
  assert.deepEqual(planned(1), planned(1));
  assert.notDeepEqual(planned(1), planned(2));
});

test("every fault lies within its era and lasts", () => {
  ofEras(MIXED, ({ faults, lengthMs }) => {
    assert.ok(faults.length > 0);
    for (const { fromMs, toMs } of faults)
      assert.ok(fromMs >= 0 && fromMs < toMs && toMs <= lengthMs);
  });
});

test("nothing is done to the registrar that is spared, and much to the others", () => {
  ofEras(RECIPE, ({ spared, faults }) => {
    assert.ok(spared !== null && CAST.registrars.includes(spared));
    for (const registrar of CAST.registrars) {
      const own = faults.filter(({ fault }) => fault.node === registrar);
      assert.equal(own.length === 0, registrar === spared);
    }
    const watched = faults.filter(({ fault }) => CAST.watchers.includes(fault.node));
    assert.deepEqual(watched, []);
  });
});

test("no process is killed or stopped while it is already", () => {
  for (const recipe of [RECIPE, MIXED]) {
    ofEras(recipe, (era) => {
      for (const node of [...CAST.registrars, ...CAST.watchers]) {
        const own = spansOf(era, node, ["crash", "freeze", "full"]).map((span) => [span]);
        assert.deepEqual(atOnce(own, 2), [], node);
      }
    });
  }
});

test("so few members are away at a time that it is no mass loss", () => {
  ofEras(MIXED, (era) => {
    const away = CAST.crews.map((crew) => spansOf(era, crew, ["crash", "freeze"]));
    assert.deepEqual(atOnce(away, CAST.crews.length / 4 + 1), []);
  });
});

test("pauses are as short as said, and of two processes at most at one time", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const pauses = pausesOf(CAST, 60_000, new Random(seed));
      assert.ok(pauses.length > 10);
      for (const { fromMs, toMs } of pauses) assert.ok(toMs - fromMs < 401);
      assert.deepEqual(
        atOnce(
          pauses.map((pause) => [pause]),
          3,
        ),
        [],
      );
    }),
  );
});
