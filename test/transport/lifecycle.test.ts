import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";
import { RollcallError } from "../../lib/core/errors.ts";
import type { RegistrarHandlers, RegistrarPort } from "../../lib/transport/port.ts";
import { openRegistrarPort } from "../../lib/transport/registrar-port.ts";
import { until } from "../helpers/until.ts";
import {
  bytes,
  Child,
  Client,
  freshEndpoints,
  freshFolder,
  PROTOCOLS,
  Registrar,
  WELCOME,
} from "./rig.ts";

const silent: RegistrarHandlers = {
  received: () => undefined,
  disconnected: () => undefined,
  unreachable: () => undefined,
  congested: () => undefined,
  subscribed: () => undefined,
  unsubscribed: () => undefined,
  cleared: () => undefined,
  failed: () => undefined,
};

async function refused(t: TestContext, survey: string, roster: string): Promise<RollcallError> {
  try {
    await Registrar.open(t, { survey, roster });
  } catch (error) {
    assert.ok(error instanceof RollcallError, String(error));
    return error;
  }
  return assert.fail(`${survey} and ${roster} were bound`);
}

test("a detached connection hears nothing, and hangs up when its time is over", async (t) => {
  const registrar = await Registrar.open(t, {});
  const { survey } = registrar.port.endpoints;
  const client = await new Client(t).dial(survey);
  client.send("before");
  const before = await registrar.route("before");
  const fromMs = performance.now();
  client.port.detach();
  client.send("to nobody");
  registrar.send(before, "unheard");
  await client.dial(survey);
  client.send("after");
  const after = await registrar.route("after");
  assert.deepEqual(registrar.disconnected, []);
  await until(() => registrar.disconnected.length === 1, { what: "it hangs up" });
  assert.ok(performance.now() - fromMs >= 1900, `${performance.now() - fromMs} ms`);
  assert.deepEqual(registrar.disconnected, [before]);
  assert.notEqual(before, after);
  assert.deepEqual([client.received, client.port.dropped, client.lost], [[WELCOME, WELCOME], 1, 0]);
});

test("a detached connection ends at once with the next one, and when the port closes", async (t) => {
  const registrar = await Registrar.open(t, {});
  const { survey } = registrar.port.endpoints;
  const client = await new Client(t).dial(survey);
  for (const said of ["first", "second"]) {
    client.send(said);
    await registrar.route(said);
    client.port.detach();
    if (said === "first") await client.dial(survey);
  }
  const fromMs = performance.now();
  const first = await registrar.route("first");
  await until(() => registrar.disconnected.includes(first), { what: "the first ends" });
  assert.deepEqual(registrar.disconnected, [first]);
  await client.port.close(0);
  await until(() => registrar.disconnected.length === 2, { what: "the second ends" });
  assert.ok(performance.now() - fromMs < 1500, `${performance.now() - fromMs} ms`);
});

for (const protocol of PROTOCOLS) {
  test(`${protocol}: both endpoints can be bound again at once, 200 times`, async (t) => {
    let endpoints = freshEndpoints(t, protocol);
    for (let round = 0; round < 200; round += 1) {
      const registrar = await Registrar.open(t, endpoints);
      endpoints = registrar.port.endpoints;
      const client = await new Client(t).dial(endpoints.survey);
      if (round % 2 === 0) await client.port.close(0);
      await registrar.port.close();
      await client.port.close(0);
    }
  });

  test(`${protocol}: an endpoint in use is named, and the other one released`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const { survey, roster } = registrar.port.endpoints;
    const free = await Registrar.open(t, freshEndpoints(t, protocol));
    const { roster: other } = free.port.endpoints;
    await free.port.close();
    const error = await refused(t, survey, other);
    assert.equal(error.code, "ERR_ADDRESS_IN_USE");
    assert.ok(error.message.includes(`survey ${survey}`), error.message);
    assert.equal((await refused(t, other, roster)).code, "ERR_ADDRESS_IN_USE");
    assert.ok(!existsSync(other.replace("ipc://", "")));
    await Registrar.open(t, { ...freshEndpoints(t, protocol), roster: other });
    // The registrar that was there first still serves.
    await new Client(t).dial(survey);
  });

  test(`${protocol}: close is idempotent, and calls after it do nothing`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const client = await new Client(t).dial(registrar.port.endpoints.survey);
    client.send("hello");
    const route = await registrar.route("hello");
    await Promise.all([client.port.close(0), client.port.close(0)]);
    client.send("late");
    client.port.dial(registrar.port.endpoints.survey);
    client.port.follow(registrar.port.endpoints.roster);
    client.port.subscribe("late");
    client.port.unsubscribe("late");
    client.port.hangup();
    client.port.unfollow();
    await Promise.all([registrar.port.close(), registrar.port.close()]);
    registrar.send(route, "late");
    registrar.publish("late");
    await Promise.all([client.port.close(0), registrar.port.close()]);
    assert.deepEqual([...client.failures, ...registrar.failures], []);
    assert.deepEqual(registrar.unreachable, []);
  });
}

test("the same endpoint twice is in use", async (t) => {
  for (const protocol of PROTOCOLS) {
    const { survey } = (await Registrar.open(t, freshEndpoints(t, protocol))).port.endpoints;
    assert.equal((await refused(t, survey, survey)).code, "ERR_ADDRESS_IN_USE");
  }
  const path = `ipc://${join(freshFolder(t), "same")}`;
  assert.equal((await refused(t, path, path)).code, "ERR_ADDRESS_IN_USE");
});

test("what cannot be bound says why", async (t) => {
  const roster = "tcp://127.0.0.1:0";
  for (const survey of [
    "tcp://192.0.2.1:0",
    "tcp://nowhere.invalid:0",
    "ipc:///no/such/folder/at/all",
  ]) {
    const error = await refused(t, survey, roster);
    assert.equal(error.code, "ERR_BIND", error.message);
    assert.ok(error.message.includes(survey), error.message);
  }
  assert.equal((await refused(t, "tcp://127.0.0.1", roster)).code, "ERR_ENDPOINT");
});

test("ipc: a stale path is bound, a living one and another's file are left alone", async (t) => {
  const folder = freshFolder(t);
  const [survey, roster] = [`ipc://${join(folder, "survey")}`, `ipc://${join(folder, "roster")}`];
  const stranger = createServer().listen(join(folder, "survey"));
  await until(() => stranger.listening, { what: "a stranger listens" });
  assert.equal((await refused(t, survey, roster)).code, "ERR_ADDRESS_IN_USE");
  stranger.close();
  writeFileSync(join(folder, "file"), "precious");
  assert.equal((await refused(t, `ipc://${join(folder, "file")}`, roster)).code, "ERR_BIND");
  assert.equal(readFileSync(join(folder, "file"), "utf8"), "precious");

  const child = await new Child(t, "serve", survey, roster).says("serving");
  child.process.kill("SIGKILL");
  await child.exit(1000);
  assert.ok(existsSync(join(folder, "survey")), "a killed process leaves its path");
  const registrar = await Registrar.open(t, { survey, roster });
  await new Client(t).dial(survey);
  await registrar.port.close();
  assert.ok(!existsSync(join(folder, "survey")) && !existsSync(join(folder, "roster")));
});

test("a registrar that speaks IPv6 or listens everywhere is found", async (t) => {
  const registrar = await Registrar.open(t, { survey: "tcp://*:0", roster: "tcp://0.0.0.0:0" });
  const port = registrar.port.endpoints.survey.split(":").at(-1) ?? "";
  assert.match(registrar.port.endpoints.survey, /^tcp:\/\/(\[::\]|0\.0\.0\.0):[1-9]\d*$/);
  assert.match(registrar.port.endpoints.roster, /^tcp:\/\/0\.0\.0\.0:[1-9]\d*$/);
  await new Client(t).dial(`tcp://127.0.0.1:${port}`);
  if (await hasIPv6()) await new Client(t).dial(`tcp://[::1]:${port}`);
});

function hasIPv6(): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(0, "::1", () => server.close(() => resolve(true)));
  });
}

test("handlers wait until the caller has its port", async (t) => {
  const events: string[] = [];
  const client = new Client(t, 1);
  client.port.subscribe("early");
  const opening = openRegistrarPort(
    {
      ...freshEndpoints(t, "tcp"),
      heartbeatTimeoutMs: 30_000,
      welcome: (bound) => {
        client.port.follow(bound.roster);
        // Blocks this thread and not libzmq's, so the subscription is there when we go on.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        return bytes(WELCOME);
      },
    },
    { ...silent, subscribed: (topic) => events.push(topic) },
  );
  // Some layers of promises, as a caller's caller has them.
  const layers = async (): Promise<RegistrarPort> => (async () => (async () => opening)())();
  const port = await layers();
  events.push("opened");
  await until(() => events.length === 2, { what: "the subscription" });
  await port.close();
  assert.deepEqual(events, ["opened", "early"]);
});

test("the longest keepalive timeout is accepted", async (t) => {
  await Registrar.open(t, { heartbeatTimeoutMs: 20_000_000 });
});

test("a worker thread that closes its port ends by itself", async (t) => {
  const registrar = await Registrar.open(t, {});
  const child = JSON.stringify(new URL("./child.ts", import.meta.url));
  // On Node 20 a worker does not inherit the loader of TypeScript.
  const worker = new Worker(
    `import("tsx/esm/api").then((tsx) => tsx.tsImport(${child}, ${child}))`,
    {
      eval: true,
      argv: ["talk-and-close", registrar.port.endpoints.survey, "worker"],
    },
  );
  const code = await new Promise<number>((resolve) => worker.once("exit", resolve));
  assert.equal(code, 0);
  await registrar.route("worker");
});

test("closing leaves no handle", async (t) => {
  const before = process.getActiveResourcesInfo().length;
  const registrar = await Registrar.open(t, {});
  const client = await new Client(t).dial(registrar.port.endpoints.survey);
  client.port.follow(registrar.port.endpoints.roster);
  await client.port.close(100);
  await registrar.port.close();
  assert.ok(process.getActiveResourcesInfo().length <= before);
});

test("a process ends by itself after close", async (t) => {
  const child = await new Child(t, "serve-and-close").says("closed");
  assert.equal(await child.exit(2000), 0);
});

test("a process that dialled nobody ends by itself after close", async (t) => {
  for (const endpoint of ["tcp://127.0.0.1:1", "tcp://192.0.2.1:9", "ipc:///no/such/path"]) {
    const child = await new Child(t, "dial-nobody", endpoint).says("closed");
    assert.equal(await child.exit(2000), 0, endpoint);
  }
});

test("the last words of a process that exits are sent", async (t) => {
  const registrar = await Registrar.open(t, {});
  const child = new Child(t, "last-words", registrar.port.endpoints.survey);
  assert.equal(await child.exit(30_000), 0);
  await registrar.route("goodbye");
});
