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
  assert.deepEqual(emitted, ["one shows", "two shows"]);
  await turn();
  assert.deepEqual(emitted, ["one shows", "two shows", "one tells", "two tells"]);
});

test("nobody tells while others still show, for three turns at most", async () => {
  const emitted: string[] = [];
  const names = ["a", "b", "c", "d", "e", "f"];
  for (const name of names) {
    emitSoon(emitterOf(name, emitted));
    await turn();
  }
  const first = ["a", "b", "c", "d"];
  assert.deepEqual(emitted.slice(0, 8), [
    ...first.map((name) => `${name} shows`),
    ...first.map((name) => `${name} tells`),
  ]);
  await turn();
  await turn();
  assert.deepEqual(emitted.slice(8), ["e shows", "f shows", "e tells", "f tells"]);
});

test("what an emission asks for comes in the next turn, and what was taken back does not come", async () => {
  const emitted: string[] = [];
  const never = emitterOf("never", emitted);
  const again: Emitter = {
    show: () => void emitted.push("shows"),
    tell: () => {
      if (emitted.length === 1) emitSoon(again);
    },
  };
  emitSoon(again);
  emitSoon(never);
  emitNever(never);
  await turn();
  emitSoon(never);
  await turn();
  emitNever(never);
  assert.deepEqual(emitted, ["shows", "never shows"]);
  await turn();
  await turn();
  assert.deepEqual(emitted, ["shows", "never shows"]);
});

test("a tell may ask for another emission", async () => {
  const emitted: string[] = [];
  const again: Emitter = {
    ...emitterOf("again", emitted),
    tell: () => {
      if (emitted.push("tells") === 2) emitSoon(again);
    },
  };
  emitSoon(again);
  for (let turns = 0; turns < 4; turns += 1) await turn();
  assert.deepEqual(emitted, ["again shows", "tells", "again shows", "tells"]);
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
    for (let turns = 0; turns < 5; turns += 1) await turn();
    for (const what of ["two throws", "one tells", "three shows", "three tells"]) {
      assert.ok(emitted.includes(what), what);
    }
    await turn();
    assert.equal(emitted.filter((what) => what === "two throws").length, 1);
  });
}
