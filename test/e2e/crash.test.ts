import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { freezeBoundMs, tuneRegistrar } from "../../lib/index.ts";
import type { Registrar, Watcher } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { record, told } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Child } from "./child.ts";

const TUNING = tuneRegistrar();
/** What a busy machine may add to a bound that is a matter of seconds. */
const SLACK_MS = 1000;

interface Scene {
  readonly rig: Rig;
  readonly registrar: Registrar;
  readonly watcher: Watcher;
  readonly victim: Child;
  /** Every change since the scene was set. */
  readonly changes: readonly string[];
}

/** One process with one member, another member here, and a watcher that has seen both. */
async function scene(t: TestContext): Promise<Scene> {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watcher = await rig.ready(registrar);
  await rig.join(registrar, { service: "cache", id: "bystander" });
  const { survey } = registrar.endpoints;
  const crew = { registrar: survey, service: "cache", prefix: "victim", count: 1 };
  const victim = await Child.start(rig, "crew", crew);
  await until(() => watcher.peers.length === 2, { what: "both are listed" });
  await until(() => watcher.view.authority === "live", { what: "the registrar judges" });
  const changes: string[] = [];
  const recording = record(watcher.changes$, (change) => {
    if (change.cause !== "present") changes.push(told(change));
  });
  rig.after(() => recording.stop());
  return { rig, registrar, watcher, victim, changes };
}

/** Milliseconds until there is a change beyond the first `count`. */
async function next(changes: readonly string[], count: number): Promise<number> {
  const started = performance.now();
  await until(() => changes.length > count, { what: "a change is seen" });
  return performance.now() - started;
}

test("a process killed with kill -9 is out of the list with connection-lost", async (t) => {
  const { victim, changes } = await scene(t);
  victim.kill();
  const tookMs = await next(changes, 0);
  assert.deepEqual(changes, ["left victim-0 (connection-lost)"]);
  assert.ok(tookMs < TUNING.answerWindowMs, `${tookMs} ms is a survey's time, not a connection's`);
  t.diagnostic(`seen after ${tookMs.toFixed(1)} ms`);
});

test("the last of twenty watchers in other processes has a kill long before a survey could tell", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const { survey, roster } = registrar.endpoints;
  const crew = { registrar: survey, service: "cache", prefix: "victim", count: 1 };
  const [victim, ...watchers] = await Promise.all([
    Child.start(rig, "crew", crew),
    Child.start(rig, "watcher", { registrar: survey, service: "cache", count: 10 }),
    Child.start(rig, "watcher", { roster, service: "cache", count: 10 }),
  ]);
  const latest = (): readonly (readonly unknown[])[] =>
    watchers
      .flatMap(({ lines }) => [...new Map(lines.map((line) => [line["watcher"], line])).values()])
      .map((line) => line["ids"] as readonly unknown[]);
  await until(() => latest().length === 20 && latest().every((list) => list.length === 1), {
    what: "all twenty list the victim",
  });
  // On a busy machine it may have stalled while the processes started, and spares everybody then.
  await until(() => registrar.view("cache").authority === "live", {
    what: "the registrar judges",
  });
  const killedMs = performance.timeOrigin + performance.now();
  victim.kill();
  await until(() => latest().every((list) => list.length === 0), { what: "all twenty dropped it" });
  const tookMs =
    Math.max(...watchers.flatMap(({ lines }) => lines.map((line) => Number(line["atMs"])))) -
    killedMs;
  assert.ok(tookMs < TUNING.answerWindowMs, `${tookMs} ms is a survey's time, not a connection's`);
  t.diagnostic(`the last of twenty after ${tookMs.toFixed(1)} ms`);
});

test("a process that takes the place of a killed one at once is a new instance of its id", async (t) => {
  const { rig, registrar, watcher, victim, changes } = await scene(t);
  const before = watcher.peers.find(({ id }) => id === "victim-0");
  victim.kill();
  const heir = await rig.join(registrar, { service: "cache", id: "victim-0" });
  await until(() => watcher.peers.length === 2 && changes.length === 2, { what: "the next run" });
  // The heir may ask before the system has torn the dead one down.
  assert.match(changes[0] ?? "", /^left victim-0 \((connection-lost|replaced)\)$/);
  assert.equal(changes[1], "joined victim-0 (new)");
  assert.notEqual(heir.self.instance, before?.instance);
  assert.deepEqual(
    watcher.peers.find(({ id }) => id === "victim-0"),
    heir.self,
  );
});

test("a frozen process is out of the list within the bound and comes back when it thaws", async (t) => {
  const { victim, changes } = await scene(t);
  victim.freeze();
  const frozenMs = await next(changes, 0);
  assert.deepEqual(changes, ["left victim-0 (missed-surveys)"]);
  assert.ok(frozenMs < Math.min(freezeBoundMs(TUNING) + SLACK_MS, 3000), `${frozenMs} ms`);
  victim.thaw();
  const thawedMs = await next(changes, 1);
  assert.equal(changes[1], "joined victim-0 (returned)");
  t.diagnostic(`out after ${frozenMs.toFixed(0)} ms, back after ${thawedMs.toFixed(1)} ms`);
});

test("a pause of 600 ms changes nothing", async (t) => {
  const { victim, changes } = await scene(t);
  const unchanged = (): void => assert.deepEqual(changes, []);
  for (let round = 0; round < 3; round += 1) {
    victim.freeze();
    await during(600, unchanged);
    victim.thaw();
    await during(freezeBoundMs(TUNING), unchanged);
  }
});
