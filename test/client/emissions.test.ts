import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { emitNever, emitSoon } from "../../lib/client/emissions.ts";
import type { Emitter } from "../../lib/client/emissions.ts";

/** Writes down what it is asked for. */
function emitterOf(name: string, emitted: string[]): Emitter {
  return {
    show: () => void emitted.push(`${name} shows`),
    tell: () => void emitted.push(`${name} tells`),
  };
}

test("all that is asked for in one turn comes once each, in order: all show before anybody tells", async () => {
  const emitted: string[] = [];
  const [one, two] = [emitterOf("one", emitted), emitterOf("two", emitted)];
  for (const emitter of [one, two, one]) emitSoon(emitter);
  assert.deepEqual(emitted, []);
  await turn();
  assert.deepEqual(emitted, ["one shows", "two shows", "one tells", "two tells"]);
});

test("what an emission asks for comes in the next turn, and what was taken back does not come", async () => {
  const emitted: string[] = [];
  const never = emitterOf("never", emitted);
  for (const act of ["show", "tell"] as const) {
    let asks = 1;
    const again: Emitter = {
      ...emitterOf("again", emitted),
      [act]: () => {
        emitted.push(`again ${act}s`);
        if (asks > 0) emitSoon(again);
        asks -= 1;
      },
    };
    emitSoon(again);
    emitSoon(never);
    emitNever(never);
    await turn();
    assert.deepEqual(emitted.splice(0), ["again shows", "again tells"]);
    await turn();
    assert.deepEqual(emitted.splice(0), ["again shows", "again tells"]);
    await turn();
    assert.deepEqual(emitted, []);
  }
});

for (const act of ["show", "tell"] as const) {
  test(`one that throws when it is to ${act} costs the others a turn and no more`, async (t) => {
    // The runner would take what is thrown for its own.
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    t.after(() => listeners.forEach((listener) => process.on("uncaughtException", listener)));
    const emitted: string[] = [];
    process.once("uncaughtException", ({ message }) => void emitted.push(message));
    emitSoon(emitterOf("one", emitted));
    emitSoon({
      ...emitterOf("two", []),
      [act]: () => {
        throw new Error("two throws");
      },
    });
    emitSoon(emitterOf("three", emitted));
    await turn();
    await turn();
    for (const what of ["two throws", "one tells", "three shows", "three tells"]) {
      assert.ok(emitted.includes(what), what);
    }
    await turn();
    assert.equal(emitted.filter((what) => what === "two throws").length, 1);
  });
}
