import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { freezeBoundMs, tuneRegistrar } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { record, told } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Child } from "./child.ts";

const TUNING = tuneRegistrar();
/** What a busy machine may add to a bound that is a matter of seconds. */
const SLACK_MS = 1000;

interface Scene {
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
  return { victim, changes };
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

test("a frozen process is out of the list within the bound and comes back when it thaws", async (t) => {
  const { victim, changes } = await scene(t);
  victim.freeze();
  const frozenMs = await next(changes, 0);
  assert.deepEqual(changes, ["left victim-0 (missed-surveys)"]);
  assert.ok(frozenMs < freezeBoundMs(TUNING) + SLACK_MS, `${frozenMs} ms`);
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
