import assert from "node:assert/strict";
import { test } from "node:test";
import { REGISTRAR_OPTIONS, startRegistrar } from "../../lib/index.ts";
import type { RegistrarOptions } from "../../lib/index.ts";
import { settleRegistrar } from "../../lib/registrar/options.ts";
import { ANYWHERE, code, Rig } from "../helpers/rig.ts";

/** Options as JavaScript may give them. */
type Loose = Readonly<Record<string, unknown>>;

/**
 * The endpoint is taken already, so whoever gets as far as making a socket fails with
 * `ERR_ADDRESS_IN_USE` instead.
 */
async function refuses(taken: Loose, options: Loose, expected: string): Promise<void> {
  const starting = startRegistrar({ logger: false, ...taken, ...options } as RegistrarOptions);
  await assert.rejects(starting, code(expected), JSON.stringify(options));
}

test("every number is refused below its least, above its most, and where it is none", async (t) => {
  const rig = new Rig(t);
  const taken = { ...(await rig.registrar()).endpoints };
  for (const [name, { min, max }] of Object.entries(REGISTRAR_OPTIONS)) {
    for (const value of [min - 1, -1, max + 1, min + 0.5, Number.NaN, Infinity, "5", {}]) {
      await refuses(taken, { [name]: value }, "ERR_OPTION");
    }
    if (min > 0) await refuses(taken, { [name]: 0 }, "ERR_OPTION");
  }
});

test("numbers that contradict each other are refused", async (t) => {
  const rig = new Rig(t);
  const taken = { ...(await rig.registrar()).endpoints };
  // Learning that ends before clients try again would take everybody for dead.
  await refuses(taken, { learningMaxMs: 100, reconnectMaxMs: 200 }, "ERR_OPTION");
  await refuses(taken, { roster: taken.survey }, "ERR_OPTION");
  await refuses(taken, {}, "ERR_ADDRESS_IN_USE");
});

test("endpoints that cannot be bound or advertised are refused before any socket is made", async (t) => {
  const rig = new Rig(t);
  const taken = { ...(await rig.registrar()).endpoints };
  for (const endpoint of [
    "",
    "5570",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:99999",
    "ipc://",
    "ipc://*",
    5,
  ]) {
    await refuses(taken, { survey: endpoint }, "ERR_ENDPOINT");
    await refuses(taken, { roster: endpoint }, "ERR_ENDPOINT");
    await refuses(taken, { advertise: endpoint }, "ERR_ENDPOINT");
  }
  await refuses(taken, { advertise: "tcp://*:5571" }, "ERR_ENDPOINT");
  await refuses(taken, { advertise: "tcp://192.0.2.1:0" }, "ERR_ENDPOINT");
});

test("what is neither a number nor an endpoint is checked too", async (t) => {
  const rig = new Rig(t);
  const taken = { ...(await rig.registrar()).endpoints };
  await refuses(taken, { preset: "moon" }, "ERR_OPTION");
  await refuses(taken, { preset: "constructor" }, "ERR_OPTION");
  await refuses(taken, { disconnectMessages: "no" }, "ERR_OPTION");
});

test("a preset sets the numbers, and single ones given beside it win", () => {
  const settings = settleRegistrar({ ...ANYWHERE, preset: "local", missedMax: 7 });
  assert.equal(settings.tuning.surveyIntervalMs, REGISTRAR_OPTIONS.surveyIntervalMs.local);
  assert.equal(settings.tuning.missedMax, 7);
  const plain = settleRegistrar({ ...ANYWHERE, surveyIntervalMs: undefined });
  assert.equal(plain.tuning.surveyIntervalMs, REGISTRAR_OPTIONS.surveyIntervalMs.lan);
});

test("keepalives reclaim sockets only later than surveys judge", () => {
  const slow = { surveyIntervalMs: 60_000, answerWindowMs: 30_000 };
  assert.ok(settleRegistrar({ ...ANYWHERE, ...slow }).heartbeatTimeoutMs > 90_000);
  assert.equal(settleRegistrar(ANYWHERE).heartbeatTimeoutMs, 30_000);
});

test("a registrar that fails to start leaves nothing bound", async (t) => {
  const rig = new Rig(t);
  const taken = await rig.registrar();
  const free = await rig.registrar();
  await free.close();
  const { roster } = free.endpoints;
  const starting = startRegistrar({ survey: taken.endpoints.survey, roster, logger: false });
  await assert.rejects(starting, code("ERR_ADDRESS_IN_USE"));
  await rig.registrar({ roster });
});

test("a raised signal keeps a registrar from starting, and closes it later", async (t) => {
  const rig = new Rig(t);
  const raised = startRegistrar({ ...ANYWHERE, logger: false, signal: AbortSignal.abort() });
  await assert.rejects(raised, code("ERR_ABORTED"));
  const controller = new AbortController();
  const { signal } = controller;
  const starting = startRegistrar({ ...ANYWHERE, logger: false, signal });
  controller.abort(new Error("enough"));
  await assert.rejects(starting, code("ERR_ABORTED"));
  const later = new AbortController();
  const registrar = await rig.registrar({ signal: later.signal });
  let completed = 0;
  registrar.changes$.subscribe({ complete: () => (completed += 1) });
  later.abort();
  assert.equal(completed, 1);
  await registrar.close();
  await rig.registrar(registrar.endpoints);
});
