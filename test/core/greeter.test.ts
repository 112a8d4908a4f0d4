import assert from "node:assert/strict";
import { test } from "node:test";
import { Greeter } from "../../lib/core/greeter.ts";

test("the first newcomer is greeted at once, a crowd of the same service together", () => {
  const greeter = new Greeter();
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
  const greeter = new Greeter();
  greeter.greet("cache");
  greeter.greet("orders");
  assert.deepEqual(
    greeter.due(0, () => 30),
    ["cache", "orders"],
  );
  greeter.greet("cache");
  assert.equal(greeter.nextMs(), 60);
});
