import assert from "node:assert/strict";
import { test } from "node:test";
import { Loop } from "../../lib/host/loop.ts";
import type { Machine } from "../../lib/host/loop.ts";
import { during } from "../helpers/during.ts";
import { until } from "../helpers/until.ts";

/** Writes down its inputs; performing an effect runs it. */
class Script implements Machine<string, () => void> {
  readonly inputs: string[] = [];
  readonly timesMs: number[] = [];
  readonly effects = new Map<string, () => void>();
  nextDeadlineMs = Infinity;

  handle(input: string, nowMs: number): readonly (() => void)[] {
    this.inputs.push(input);
    this.timesMs.push(nowMs);
    if (input === "wake") this.nextDeadlineMs = Infinity;
    const effect = this.effects.get(input);
    return effect === undefined ? [] : [effect];
  }
}

function loopOf(machine: Script): Loop<string, () => void> {
  return new Loop({ machine, wake: "wake", perform: (effect) => effect() });
}

test("what is urgent is performed before what is returned, and then the input is done with", () => {
  const order: string[] = [];
  const machine = {
    nextDeadlineMs: Infinity,
    handle(input: string, _: number, urgent: (effect: string) => void): readonly string[] {
      urgent(`${input} 1`);
      order.push("thought through");
      return [`${input} 2`];
    },
  };
  const loop = new Loop<string, string>({
    machine,
    wake: "wake",
    perform: (effect) => void order.push(effect),
    settled: () => void order.push("settled"),
  });
  loop.take("a");
  assert.deepEqual(order, ["a 1", "thought through", "a 2", "settled"]);
});

test("inputs that arise while effects are performed wait their turn", () => {
  const machine = new Script();
  const loop = loopOf(machine);
  const order: string[] = [];
  machine.effects.set("a", () => {
    loop.take("b");
    order.push("effect of a");
  });
  machine.effects.set("b", () => order.push("effect of b"));
  loop.take("a");
  assert.deepEqual(machine.inputs, ["a", "b"]);
  assert.deepEqual(order, ["effect of a", "effect of b"]);
});

test("the machine is woken when it wants to be, not before and not twice", async () => {
  const machine = new Script();
  const loop = loopOf(machine);
  const dueMs = performance.now() + 30;
  machine.nextDeadlineMs = dueMs;
  loop.take("a");
  loop.take("b");
  await until(() => machine.inputs.length === 3, { what: "it is woken" });
  assert.deepEqual(machine.inputs, ["a", "b", "wake"]);
  // A timer of Node may be early by a millisecond; the machine then asks for the rest of the time.
  assert.ok((machine.timesMs[2] ?? 0) >= dueMs - 2);
  // Nothing more is due.
  await during(40, () => assert.equal(machine.inputs.length, 3));
  loop.stop();
});

test("an earlier deadline is kept, a later one does no harm", async () => {
  const machine = new Script();
  const loop = loopOf(machine);
  const startedMs = performance.now();
  machine.nextDeadlineMs = startedMs + 60_000;
  loop.take("a");
  machine.nextDeadlineMs = startedMs + 20;
  loop.take("b");
  await until(() => machine.inputs.includes("wake"), { what: "it is woken" });
  assert.ok(performance.now() - startedMs < 30_000);
  loop.stop();
});

test("a deadline farther away than a timer can be set is waited for all the same", async () => {
  const machine = new Script();
  const loop = loopOf(machine);
  machine.nextDeadlineMs = performance.now() + 1e15;
  loop.take("a");
  // A timer that cannot hold the time would fire at once.
  await during(30, () => assert.deepEqual(machine.inputs, ["a"]));
  loop.stop();
});

test("what arrived while the event loop stood still is taken before the clock", async () => {
  const machine = new Script();
  const loop = loopOf(machine);
  const { port1, port2 } = new MessageChannel();
  port2.on("message", () => loop.take("arrived"));
  machine.nextDeadlineMs = performance.now() + 5;
  loop.take("a");
  port1.postMessage("x");
  const end = performance.now() + 30;
  while (performance.now() < end);
  await until(() => machine.inputs.length === 3, { what: "both are taken" });
  assert.deepEqual(machine.inputs, ["a", "arrived", "wake"]);
  loop.stop();
  port1.close();
});

test("an effect that throws costs neither the inputs behind it nor the next wake-up", async () => {
  const machine = new Script();
  const loop = loopOf(machine);
  machine.effects.set("bad", () => {
    loop.take("after");
    throw new Error("thrown");
  });
  machine.nextDeadlineMs = performance.now() + 10;
  assert.throws(() => loop.take("bad"), /thrown/);
  await until(() => machine.inputs.includes("wake"), { what: "it is woken" });
  assert.deepEqual(machine.inputs, ["bad", "after", "wake"]);
  loop.stop();
});

test("after stop there is no input, no timer and no wake-up", async () => {
  const machine = new Script();
  const loop = loopOf(machine);
  machine.nextDeadlineMs = performance.now() + 10;
  loop.take("a");
  loop.stop();
  loop.take("b");
  await during(40, () => assert.deepEqual(machine.inputs, ["a"]));
});

test("a loop stopped by one of its own effects performs no further input", () => {
  const machine = new Script();
  const loop = loopOf(machine);
  machine.effects.set("a", () => {
    loop.take("b");
    loop.stop();
  });
  loop.take("a");
  assert.deepEqual(machine.inputs, ["a"]);
});
