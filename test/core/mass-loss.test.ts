import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CLOSED_MIN, MassLoss, takeCensus } from "../../lib/core/mass-loss.ts";
import type { Census } from "../../lib/core/mass-loss.ts";
import { Registry } from "../../lib/core/registry.ts";
import type { Member } from "../../lib/core/registry.ts";
import { Rounds } from "../../lib/core/rounds.ts";
import { joinOf, LAN } from "./samples.ts";

const members = (count: number): readonly Member[] => {
  const registry = new Registry();
  return Array.from({ length: count }, (_, n) => registry.admit(joinOf(`c${n}`), `r${n}`));
};
const census = (alive: number, late: number, judged: readonly Member[] = []): Census => {
  return { listed: alive, alive, late, judged };
};

/** How many of so many must be late at one time for silence to be held; null is never. */
const SILENT: readonly (readonly [alive: number, heldFrom: number | null])[] = [
  [1, null],
  [2, null],
  [3, null],
  [5, 5],
  [10, 5],
  [20, 7],
  [1000, 301],
];

for (const [alive, heldFrom] of SILENT) {
  test(`of ${alive} silent peers are removed ${heldFrom === null ? "always" : `below ${heldFrom}`}`, () => {
    for (let late = 1; late <= alive; late += 1) {
      const { isHeld } = new MassLoss(LAN).silent(() => census(alive, late), 0);
      assert.equal(isHeld, heldFrom !== null && late >= heldFrom, `${late} of ${alive}`);
    }
  });
}

/** How many of so many must close their connections within the window; null is never. */
const CLOSED: readonly (readonly [all: number, heldFrom: number | null])[] = [
  [1, null],
  [3, null],
  [9, null],
  [10, 10],
  [20, 18],
  [1000, 900],
];

for (const [all, heldFrom] of CLOSED) {
  test(`of ${all} closed connections are held ${heldFrom === null ? "never" : `from ${heldFrom}`}`, () => {
    const massLoss = new MassLoss(LAN);
    const judged: number[] = [];
    for (const [n, member] of members(all).entries()) {
      const { isHeld, restored } = massLoss.closed(member, all - n, n * 0.1);
      if (n + 1 === heldFrom) assert.equal(restored.length, n, "those before it come back");
      else assert.equal(restored.length, 0);
      if (!isHeld) judged.push(n + 1);
    }
    assert.equal(judged.at(-1), heldFrom === null ? all : heldFrom - 1);
  });
}

test("closings that are spread over a longer time than the window are judged one by one", () => {
  const massLoss = new MassLoss(LAN);
  for (const [n, member] of members(20).entries()) {
    assert.ok(!massLoss.closed(member, 20 - n, n * (LAN.massLossWindowMs / 9)).isHeld);
  }
});

/** Ten of ten have closed. */
function holding(): { readonly massLoss: MassLoss; readonly lost: readonly Member[] } {
  const massLoss = new MassLoss(LAN);
  const lost = members(CLOSED_MIN);
  for (const [n, member] of lost.entries()) massLoss.closed(member, CLOSED_MIN - n, 0);
  assert.ok(massLoss.isHolding);
  assert.deepEqual(massLoss.closings(10), { lost: CLOSED_MIN, of: 10 });
  return { massLoss, lost };
}

test("it lets go by itself once enough are back, calls all again, and names those who are not", () => {
  const { massLoss, lost } = holding();
  const { answerWindowMs } = LAN;
  assert.equal(massLoss.release(census(10, 0), 100), undefined);
  for (const member of lost.slice(2)) massLoss.forget(member);
  assert.deepEqual(massLoss.release(census(10, 0), 200), { kind: "call" });
  assert.equal(massLoss.release(census(10, 0), 200 + answerWindowMs), undefined);
  assert.ok(massLoss.isHolding);
  const closed = lost.slice(0, 2);
  assert.deepEqual(massLoss.release(census(10, 0), 201 + answerWindowMs), { kind: "end", closed });
  assert.ok(!massLoss.isHolding);
});

test("our own lateness is no silence: the call lasts longer by it, once", () => {
  const { massLoss, lost } = holding();
  const { answerWindowMs } = LAN;
  for (const member of lost) massLoss.forget(member);
  massLoss.postpone(1000);
  assert.deepEqual(massLoss.release(census(10, 0), 200), { kind: "call" });
  massLoss.postpone(300);
  massLoss.postpone(300);
  assert.equal(massLoss.release(census(10, 0), 500 + answerWindowMs), undefined);
  assert.equal(massLoss.release(census(10, 0), 501 + answerWindowMs)?.kind, "end");
});

test("it goes on to hold where too many are lost again after the call", () => {
  const { massLoss, lost } = holding();
  for (const member of lost.slice(2)) massLoss.forget(member);
  assert.deepEqual(massLoss.release(census(10, 0), 200), { kind: "call" });
  assert.equal(massLoss.release(census(10, 9), 5000), undefined);
  assert.ok(massLoss.isHolding);
  assert.deepEqual(massLoss.release(census(10, 0), 6000), { kind: "call" });
});

test("at the ceiling everybody is judged, and nothing is held again before it was quiet", () => {
  const { massLoss, lost } = holding();
  const { holdMaxMs, answerWindowMs } = LAN;
  assert.equal(massLoss.release(census(10, 0), holdMaxMs - answerWindowMs - 1), undefined);
  assert.deepEqual(massLoss.release(census(10, 0), holdMaxMs - answerWindowMs), { kind: "call" });
  assert.equal(massLoss.release(census(10, 10), holdMaxMs), undefined);
  assert.deepEqual(massLoss.release(census(10, 10), holdMaxMs + 1), { kind: "end", closed: lost });
  assert.ok(massLoss.isActive);
  assert.ok(!massLoss.silent(() => census(10, 10), holdMaxMs + 2).isHeld);
  assert.equal(massLoss.release(census(10, 1), holdMaxMs + 3), undefined);
  assert.ok(massLoss.silent(() => census(10, 10), holdMaxMs + 4).isHeld);
});

test("while it holds, whoever is lost besides is held too", () => {
  const { massLoss } = holding();
  assert.ok(massLoss.silent(() => census(10, 1), 50).isHeld);
  const [one] = members(1);
  assert.ok(one !== undefined && massLoss.closed(one, 10, 50).isHeld);
});

test("no share of a small service is ever held, whatever its size", () => {
  fc.assert(
    fc.property(fc.nat(LAN.massLossCount), fc.nat(1000), (late, more) => {
      assert.ok(!new MassLoss(LAN).silent(() => census(late + more, late), 0).isHeld);
    }),
  );
});

test("one member that loses its connection again and again is one loss, and none once it is back", () => {
  const massLoss = new MassLoss(LAN);
  const [flapping, ...others] = members(10);
  assert.ok(flapping !== undefined);
  for (let n = 0; n < 50; n += 1) assert.ok(!massLoss.closed(flapping, 10, n).isHeld);
  massLoss.forget(flapping);
  for (const [n, other] of others.entries()) {
    assert.ok(!massLoss.closed(other, 10 - n, 60).isHeld);
  }
  assert.ok(massLoss.closed(flapping, 1, 61).isHeld);
});

test("those judged silent a moment ago count, and come back where that is a mass loss", () => {
  const massLoss = new MassLoss(LAN);
  const judged = members(2);
  assert.deepEqual(
    massLoss.silent(() => census(7, 4, judged), 0),
    { isHeld: false, restored: [] },
  );
  assert.deepEqual(
    massLoss.silent(() => census(7, 5, judged), 10),
    { isHeld: true, restored: judged },
  );
  assert.deepEqual(
    massLoss.silent(() => census(7, 7, judged), 20),
    { isHeld: true, restored: [] },
  );
});

test("who is silent, connected, and alive or judged for it a moment ago is counted", () => {
  const registry = new Registry();
  const [alive, late, judged, before, away] = ["alive", "late", "judged", "before", "away"].map(
    (id) => registry.admit(joinOf(id), id),
  );
  assert.ok(alive && late && judged && before && away);
  const rounds = new Rounds(LAN, 0);
  rounds.add("late");
  rounds.due(0);
  rounds.due(LAN.answerWindowMs);
  for (const [member, sinceMs] of [
    [judged, 501],
    [before, 500],
    [away, 501],
  ] as const) {
    registry.judge(member, "suspect", "missed-surveys");
    member.suspectSinceMs = sinceMs;
  }
  registry.unbind(away);
  assert.deepEqual(takeCensus({ registry, rounds }, 500), {
    listed: 2,
    alive: 3,
    late: 2,
    judged: [judged],
  });
});
