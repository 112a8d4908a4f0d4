import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { many, Scene, tally } from "./samples.ts";

/** Lets a peer fail so often. */
function fail(scene: Scene, id: string, times: number): void {
  for (let n = 0; n < times; n += 1) scene.work(id, "failed");
}

test("five failures in a row eject a peer; a success between them does not", () => {
  const scene = new Scene(many(4));
  fail(scene, "p001", 4);
  scene.work("p001", "ok");
  fail(scene, "p001", 4);
  assert.deepEqual(scene.ejected, []);
  fail(scene, "p001", 1);
  assert.deepEqual(scene.ejected, ["p001"]);
  assert.equal(tally(scene.picks(1000))["p001"], undefined);
});

test("an ejection ends, the next lasts twice as long, and success ends the row", () => {
  const scene = new Scene(many(4), { ejection: { failures: 2, baseMs: 1000, maxMs: 5000 } });
  const lasts = (): number => {
    const startMs = scene.nowMs;
    while (scene.ejected.length > 0) scene.nowMs += 100;
    return scene.nowMs - startMs;
  };
  fail(scene, "p001", 2);
  assert.equal(lasts(), 1000);
  const times: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    // On probation one failure is enough.
    fail(scene, "p001", 1);
    times.push(lasts());
  }
  assert.deepEqual(times, [2000, 4000, 5000, 5000]);
  scene.work("p001", "ok");
  fail(scene, "p001", 1);
  assert.deepEqual(scene.ejected, [], "probation is over after a success");
  scene.nowMs += 1000;
  scene.work("p001", "ok");
  fail(scene, "p001", 2);
  assert.equal(lasts(), 1000, "success for as long as baseMs ends the row");
});

test("work from before an ejection does not end it", () => {
  const scene = new Scene(many(4), { ejection: { failures: 1 } });
  const before = scene.balancer.pick("", ({ id }) => id !== "p001");
  fail(scene, "p001", 1);
  before.done("ok");
  assert.deepEqual(scene.ejected, ["p001"]);
});

test("no more than half are ejected, and never all", () => {
  for (const [count, most] of [
    [1, 0],
    [2, 1],
    [3, 1],
    [10, 5],
  ] as const) {
    const scene = new Scene(many(count));
    for (const { id } of many(count)) fail(scene, id, 10);
    assert.equal(scene.ejected.length, most);
    assert.equal(scene.picks(1).length, 1);
  }
  const all = new Scene(many(4), { ejection: { maxShare: 1, failures: 1 } });
  for (const { id } of many(4)) fail(all, id, 1);
  assert.equal(all.ejected.length, 3);
});

test("when peers leave, those who were ejected first come back until the share holds", () => {
  const scene = new Scene(many(6), { ejection: { failures: 1 } });
  for (const id of ["p000", "p001", "p002"]) {
    fail(scene, id, 1);
    scene.nowMs += 10;
  }
  scene.peers$.next(many(4));
  assert.deepEqual(scene.ejected, ["p001", "p002"]);
  scene.peers$.next(many(3));
  assert.deepEqual(scene.ejected, ["p002"]);
});

test("a peer of weight 0 works when all others are ejected", () => {
  const [one, two] = many(2);
  if (one === undefined || two === undefined) throw new Error("two were made");
  const scene = new Scene([one, { ...two, weight: 0 }], { ejection: { failures: 1 } });
  assert.deepEqual(scene.picks(1), ["p000"]);
  fail(scene, "p000", 1);
  assert.deepEqual(scene.picks(1), ["p001"]);
});

test("refused connections are reported when they eject, and withdrawn when it ends", () => {
  const told: string[] = [];
  const scene = new Scene(many(4), {
    ejection: { failures: 3, baseMs: 1000 },
    onUnreachable: ({ id }, isUnreachable) => void told.push(`${id} ${isUnreachable}`),
  });
  for (const outcome of ["unreachable", "failed", "unreachable"] as const) {
    scene.work("p000", outcome);
  }
  assert.deepEqual(scene.ejected, ["p000"]);
  assert.deepEqual(told, [], "one of its failures was not a refusal");
  for (let n = 0; n < 3; n += 1) scene.work("p001", "unreachable");
  assert.deepEqual(told, ["p001 true"]);
  scene.nowMs += 1000;
  scene.picks(1);
  assert.deepEqual(told, ["p001 true", "p001 false"]);
  scene.work("p001", "unreachable");
  assert.deepEqual(told.slice(2), ["p001 true"]);
});

test("ejection can be switched off", () => {
  const scene = new Scene(many(4), { ejection: false });
  fail(scene, "p000", 100);
  assert.deepEqual(scene.ejected, []);
});

test("whatever happens, somebody can be picked while anybody is listed, and not those ejected", () => {
  const step = fc.record({
    kind: fc.constantFrom("list", "work", "wait"),
    n: fc.integer({ min: 1, max: 8 }),
    outcome: fc.constantFrom("ok", "failed", "unreachable"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const scene = new Scene(many(8), { ejection: { failures: 2, maxShare: 1 } });
      for (const { kind, n, outcome } of steps) {
        if (kind === "list") scene.peers$.next(many(n));
        else if (kind === "wait") scene.nowMs += n * 1000;
        else scene.balancer.pick().done(outcome);
        const [picked] = scene.picks(1);
        assert.ok(picked !== undefined && !scene.ejected.includes(picked));
      }
    }),
  );
});
