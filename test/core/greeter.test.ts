import assert from "node:assert/strict";
import { test } from "node:test";
import { Greeter } from "../../lib/core/greeter.ts";

test("the first newcomer is greeted at once, a crowd of the same service together", () => {
  const greeter = new Greeter(20);
  greeter.greet("cache");
  assert.ok(greeter.nextMs() <= 0);
  assert.deepEqual(
    greeter.due(0, () => 20),
    ["cache"],
  );
  for (let newcomer = 0; newcomer < 1000; newcomer += 1) greeter.greet("cache");
  assert.deepEqual(
    greeter.due(19, () => 20),
    [],
  );
  assert.equal(greeter.nextMs(), 20);
  assert.deepEqual(
    greeter.due(20, () => 20),
    ["cache"],
  );
  assert.equal(greeter.nextMs(), Infinity);
});

test("greetings of several services are spaced by what all of them cost", () => {
  const greeter = new Greeter(20);
  greeter.greet("cache");
  greeter.greet("orders");
  assert.deepEqual(
    greeter.due(0, () => 30),
    ["cache", "orders"],
  );
  greeter.greet("cache");
  assert.equal(greeter.nextMs(), 60);
});

test("a crowd of services is greeted a few at a time, and a newcomer among them soon", () => {
  const greeter = new Greeter(20);
  for (let index = 0; index < 1000; index += 1) greeter.greet(`service${index}`);
  const greeted: string[] = [];
  let steps = 0;
  for (let nowMs = 0; greeter.nextMs() < Infinity; nowMs = greeter.nextMs()) {
    const step = greeter.due(nowMs, () => 0.02);
    assert.ok(step.length > 0 && step.length <= 64, `${step.length} in one step`);
    greeted.push(...step);
    steps += 1;
    assert.ok(nowMs <= 20 * steps);
  }
  assert.equal(new Set(greeted).size, 1000);
});
