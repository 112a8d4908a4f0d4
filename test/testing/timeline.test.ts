import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, Timeline } from "../../lib/testing/index.ts";

test("events happen in the order of their times, and of their planning at one time", () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  for (const [atMs, name] of [
    [5, "c"],
    [1, "a"],
    [5, "d"],
    [3, "b"],
  ] as const) {
    timeline.at(atMs, () => happened.push(`${name} at ${timeline.nowMs}`));
  }
  while (timeline.step());
  assert.deepEqual(happened, ["a at 1", "b at 3", "c at 5", "d at 5"]);
});

test("a thousand events in any order come out sorted", () => {
  const timeline = new Timeline();
  const random = new Random(1);
  const times: number[] = [];
  for (let event = 0; event < 1000; event += 1) {
    timeline.at(random.whole(0, 300), () => times.push(timeline.nowMs));
  }
  while (timeline.step());
  assert.equal(times.length, 1000);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test("what is called off does not happen, and what is planned for the past happens next", () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  timeline.at(1, () => happened.push("never")).cancel();
  timeline.at(10, () => void timeline.at(2, () => happened.push(`late at ${timeline.nowMs}`)));
  assert.equal(timeline.nextMs, 10);
  assert.ok(timeline.step() && timeline.step());
  assert.ok(!timeline.step());
  assert.deepEqual(happened, ["late at 10"]);
});

test("time passes without events, but not past one", () => {
  const timeline = new Timeline();
  timeline.at(10, () => undefined);
  timeline.advanceTo(7);
  assert.equal(timeline.nowMs, 7);
  timeline.advanceTo(20);
  assert.equal(timeline.nowMs, 7);
});
