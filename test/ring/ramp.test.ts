import assert from "node:assert/strict";
import { test } from "node:test";
import { DEPARTED_MAX, Ramp } from "../../lib/ring/ramp.ts";

const names = (...list: readonly string[]): Map<string, string> =>
  new Map(list.map((text) => [text.split("@")[0] ?? "", text]));

test("a newcomer is given a tenth at once and one more every tenth of the time", () => {
  const ramp = new Ramp(1000);
  ramp.follow(names("a@1", "b@1"), 0);
  assert.equal(ramp.nextStepMs(0), Infinity);
  ramp.follow(names("a@1", "b@1", "c@1"), 500);
  const shares = [500, 599, 600, 1399, 1400, 9999].map((now) => ramp.shareOf("c", now));
  assert.deepEqual(shares, [0.1, 0.1, 0.2, 0.9, 1, 1]);
  assert.equal(ramp.shareOf("a", 600), 1, "those of the first list have all");
});

test("the next step is due when the first of them grows", () => {
  const ramp = new Ramp(1000);
  ramp.follow(names("a@1"), 0);
  ramp.follow(names("a@1", "b@1"), 100);
  ramp.follow(names("a@1", "b@1", "c@1"), 150);
  assert.equal(ramp.nextStepMs(150), 200);
  assert.equal(ramp.nextStepMs(200), 250);
  assert.equal(ramp.shareOf("b", 1100), 1);
  assert.equal(ramp.shareOf("c", 1150), 1);
  assert.equal(ramp.nextStepMs(1150), Infinity);
});

test("an instance that returns has all at once, another one under its name has not", () => {
  const ramp = new Ramp(1000);
  ramp.follow(names("a@1", "b@1"), 0);
  ramp.follow(names("a@1"), 10);
  ramp.follow(names("a@1", "b@1"), 20);
  assert.equal(ramp.shareOf("b", 20), 1);
  ramp.follow(names("a@1"), 30);
  ramp.follow(names("a@1", "b@2"), 40);
  assert.equal(ramp.shareOf("b", 40), 0.1);
});

test("who left in the middle of its time starts anew", () => {
  const ramp = new Ramp(1000);
  ramp.follow(names("a@1"), 0);
  ramp.follow(names("a@1", "b@1"), 10);
  ramp.follow(names("a@1"), 500);
  ramp.follow(names("a@1", "b@1"), 600);
  assert.equal(ramp.shareOf("b", 600), 0.1);
});

test("departures that are remembered are bounded", () => {
  const ramp = new Ramp(1000);
  const crowd = Array.from({ length: DEPARTED_MAX + 1 }, (_, at) => `n${at}@1`);
  ramp.follow(names("a@1", ...crowd), 0);
  ramp.follow(names("a@1"), 20);
  ramp.follow(names("a@1", "n0@1", "n1@1"), 30);
  assert.equal(ramp.shareOf("n0", 30), 0.1, "the oldest departure is forgotten");
  assert.equal(ramp.shareOf("n1", 30), 1);
});

test("in the first list age tells who is new", () => {
  const ramp = new Ramp(1000);
  ramp.begin(names("a@1", "b@1"), new Map([["b", 300]]), 5000);
  assert.equal(ramp.shareOf("a", 5000), 1);
  assert.equal(ramp.shareOf("b", 5000), 0.4);
  assert.equal(ramp.nextStepMs(5000), 5100);
});

test("without a time nobody waits", () => {
  const ramp = new Ramp(0);
  ramp.follow(names("a@1"), 0);
  ramp.follow(names("a@1", "b@1"), 1);
  assert.equal(ramp.shareOf("b", 1), 1);
  assert.equal(ramp.nextStepMs(1), Infinity);
});
