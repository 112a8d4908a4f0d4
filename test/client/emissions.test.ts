import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { emitNever, emitSoon } from "../../lib/client/emissions.ts";

test("all that is asked for in one turn is emitted once each, in order, when the turn ends", async () => {
  const emitted: string[] = [];
  const [one, two] = [() => void emitted.push("one"), () => void emitted.push("two")];
  for (const emit of [one, two, one]) emitSoon(emit);
  assert.deepEqual(emitted, []);
  await turn();
  assert.deepEqual(emitted, ["one", "two"]);
});

test("what an emission asks for comes in the next turn, and what was taken back does not come", async () => {
  const emitted: number[] = [];
  const never = (): void => void emitted.push(0);
  const again = (): void => {
    emitted.push(emitted.length + 1);
    if (emitted.length === 1) emitSoon(again);
  };
  emitSoon(again);
  emitSoon(never);
  emitNever(never);
  await turn();
  assert.deepEqual(emitted, [1]);
  await turn();
  assert.deepEqual(emitted, [1, 2]);
});

test("one that throws costs the others a turn and no more", async (t) => {
  // The runner would take what is thrown for its own.
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  t.after(() => listeners.forEach((listener) => process.on("uncaughtException", listener)));
  const emitted: string[] = [];
  process.once("uncaughtException", ({ message }) => void emitted.push(message));
  emitSoon(() => {
    throw new Error("one");
  });
  emitSoon(() => void emitted.push("two"));
  await turn();
  await turn();
  assert.deepEqual(emitted, ["one", "two"]);
});
