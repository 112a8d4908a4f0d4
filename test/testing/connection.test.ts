import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../lib/testing/connection.ts";
import { NETWORK, Network } from "../../lib/testing/network.ts";
import type { World } from "../../lib/testing/network.ts";
import { Process } from "../../lib/testing/process.ts";
import { Random } from "../../lib/testing/random.ts";
import { Timeline } from "../../lib/testing/timeline.ts";
import { Trace } from "../../lib/testing/trace.ts";

/** A connection whose ends write down what happens to them. */
function rig(options: { readonly downQueue?: number; readonly paceMs?: number } = {}) {
  const timeline = new Timeline();
  const network = new Network({ ...NETWORK, delayMs: [1, 10], retransmitMs: [0, 50] });
  const broken = (): void => assert.fail("broken");
  const world: World = { timeline, network, trace: new Trace(), random: new Random(1), broken };
  const [client, registrar] = ["c", "r"].map((name) => sleeper(name, world));
  assert.ok(client && registrar);
  const seen: string[] = [];
  const connection = new Connection<string, string>({
    world,
    random: new Random(2),
    client,
    registrar,
    upQueue: 100,
    downQueue: options.downQueue ?? 100,
    ends: {
      up: (value) => seen.push(`up ${value}`),
      upEnded: () => seen.push("up ended"),
      down: (value) => seen.push(`down ${value}`),
      downEnded: () => seen.push("down ended"),
      dropped: () => seen.push("dropped"),
      paceMs: () => options.paceMs ?? 0,
    },
  });
  const runTo = (untilMs: number): readonly string[] => {
    while (timeline.nextMs <= untilMs) timeline.step();
    timeline.advanceTo(untilMs);
    return seen.splice(0);
  };
  return { timeline, network, client, registrar, connection, runTo };
}

function sleeper(name: string, world: World): Process<null, never> {
  const machine = { nextDeadlineMs: Infinity, handle: () => [] };
  return new Process<null, never>({
    name,
    world,
    machine,
    wake: () => undefined,
    perform: () => undefined,
  });
}

const NUMBERS = Array.from({ length: 20 }, (_, n) => `${n}`);
const DOWN = NUMBERS.map((n) => `down ${n}`);

test("messages take their time, and none overtakes another", () => {
  const { connection, runTo } = rig();
  for (const n of NUMBERS) connection.sendDown(n);
  assert.deepEqual(runTo(0.9), []);
  assert.deepEqual(runTo(10), DOWN);
});

test("a partition holds what is under way in its direction until it heals", () => {
  const { connection, network, runTo } = rig();
  for (const n of NUMBERS) connection.sendDown(n);
  network.block("r", "c");
  connection.sendUp("a");
  assert.deepEqual(runTo(1000), ["up a"]);
  network.unblock("r", "c");
  assert.deepEqual(runTo(1060), DOWN);
});

test("a process that stands still reads nothing, and everything when it goes on", () => {
  const { connection, client, runTo } = rig();
  client.stop();
  for (const n of NUMBERS) connection.sendDown(n);
  assert.deepEqual(runTo(1000), []);
  client.continue();
  assert.deepEqual(runTo(1000), DOWN);
});

test("a full queue drops the newest", () => {
  const { connection, runTo } = rig({ downQueue: 3, paceMs: 100 });
  for (const n of NUMBERS) connection.sendDown(n);
  const seen = runTo(1000);
  assert.equal(seen.filter((what) => what === "dropped").length, 17);
  assert.deepEqual(
    seen.filter((what) => what !== "dropped"),
    ["down 0", "down 1", "down 2"],
  );
});

test("the end of a process arrives after all that it said", () => {
  const { connection, client, runTo } = rig();
  for (const n of NUMBERS) connection.sendUp(n);
  client.kill();
  assert.deepEqual(runTo(20), [...NUMBERS.map((n) => `up ${n}`), "up ended"]);
  assert.ok(!connection.isWhole);
});

test("what a reset finds under way is lost, and both ends learn of it", () => {
  const { connection, runTo } = rig();
  for (const n of NUMBERS) connection.sendUp(n);
  connection.cut("both");
  connection.sendUp("late");
  assert.deepEqual(runTo(20).toSorted(), ["down ended", "up ended"]);
});

test("a registrar that is not told of a reset learns it from keepalive, a client never", () => {
  for (const [told, first, later] of [
    ["client", "down ended", ["up ended"]],
    ["registrar", "up ended", []],
  ] as const) {
    const { connection, runTo } = rig();
    connection.cut(told);
    assert.deepEqual(runTo(1000), [first]);
    assert.deepEqual(runTo(2 * NETWORK.keepaliveMs), later);
  }
  const { connection, runTo } = rig();
  connection.cut("nobody");
  assert.deepEqual(runTo(60_000), ["up ended"]);
});

test("keepalive ends no connection to a process that is stopped or blocked, for its kernel answers", () => {
  const stopped = rig();
  stopped.client.stop();
  assert.deepEqual(stopped.runTo(60_000), []);
  const blocked = rig();
  blocked.client.block();
  assert.deepEqual(blocked.runTo(60_000), []);
});
