import assert from "node:assert/strict";
import { test } from "node:test";
import { RollcallError } from "../../lib/index.ts";
import type { JoinOptions, RegistrarOptions, WatchOptions } from "../../lib/index.ts";
import { code, Log, QUICK, Rig } from "../helpers/rig.ts";
import { ids, record } from "../helpers/record.ts";
import { until } from "../helpers/until.ts";
import { member, Ring } from "./samples.ts";

/** A refusal that comes by itself, long before any time runs out. */
const SOON_MS = 1000;

function secure(ring: Ring, more: Partial<RegistrarOptions> = {}): RegistrarOptions {
  return { keys: { own: ring.registrar, allow: ring.rules }, ...more };
}

/** How a call was refused, and after how long. */
async function refusal(
  attempt: Promise<unknown>,
): Promise<{ readonly error: RollcallError; readonly ms: number }> {
  const startMs = performance.now();
  const error = await attempt.then(
    () => assert.fail("it was let in"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RollcallError, String(error));
  return { error, ms: performance.now() - startMs };
}

test("listed keys join and watch, each in its own way", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const registrar = await rig.registrar(secure(ring));
  const own = await rig.join(registrar, {
    service: "cache",
    id: "c1",
    keys: ring.keys(ring.cache),
  });
  const peers = record(own.peers$);
  const named = await rig.ready(registrar, { service: "*", keys: ring.keys(ring.watcher) });
  const { roster } = registrar.endpoints;
  const anonymous = rig.watcher({ roster, service: "cache", keys: ring.keys(ring.watcher) });
  await anonymous.ready();
  await until(() => peers.last?.length === 1, { what: "the member sees itself" });
  assert.deepEqual(ids(named.peers), ["c1"]);
  assert.deepEqual(ids(anonymous.peers), ["c1"]);
  await own.update({ weight: 2 });
  assert.ok(await named.explain("cache", "c1"));
  const { revision } = await own.leave();
  assert.ok(revision !== null);
  await until(() => named.peers.length === 0, { what: "the goodbye is seen" });
  assert.equal(registrar.counters.unauthorised, 0);
});

const REFUSED: readonly (readonly [
  what: string,
  options: (ring: Ring) => Pick<JoinOptions, "service" | "keys">,
  told: RegExp,
])[] = [
  [
    "a key that is not listed",
    (ring) => ({ service: "cache", keys: ring.keys(ring.stranger) }),
    /does not list this key/,
  ],
  [
    "a watcher's key",
    (ring) => ({ service: "cache", keys: ring.keys(ring.watcher) }),
    /may not join cache/,
  ],
  [
    "a member's key of another service",
    (ring) => ({ service: "db", keys: ring.keys(ring.cache) }),
    /may not join db/,
  ],
];

for (const [what, options, told] of REFUSED) {
  test(`${what} is refused a membership at once, with code and reason`, async (t) => {
    const rig = new Rig(t);
    const ring = new Ring();
    const log = new Log();
    const registrar = await rig.registrar(secure(ring, { logger: log }));
    const { error, ms } = await refusal(rig.join(registrar, options(ring)));
    assert.equal(error.code, "ERR_NOT_AUTHORISED");
    assert.match(error.message, told);
    assert.ok(ms < SOON_MS, `${ms} ms`);
    assert.equal(registrar.counters.unauthorised, 1);
    assert.equal(registrar.counters.members, 0);
    const lines = [...log.of("key.notListed"), ...log.of("key.refused")];
    assert.equal(lines.length, 1);
    assert.match(JSON.stringify(lines), new RegExp("key"));
  });
}

test("a key that is not listed watches nothing, by either socket", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const registrar = await rig.registrar(secure(ring));
  const { survey, roster } = registrar.endpoints;
  const ways: readonly Pick<WatchOptions, "registrar" | "roster">[] = [
    { registrar: survey },
    { roster },
  ];
  for (const way of ways) {
    const watcher = rig.watcher({ ...way, service: "*", keys: ring.keys(ring.stranger) });
    const states = record(watcher.connection$);
    const { error, ms } = await refusal(watcher.ready());
    assert.equal(error.code, "ERR_NOT_AUTHORISED");
    assert.ok(ms < SOON_MS, `${ms} ms`);
    assert.deepEqual(states.last, { kind: "refused", code: "ERR_NOT_AUTHORISED" });
    // Whoever asks later is told at once.
    await assert.rejects(watcher.ready(), code("ERR_NOT_AUTHORISED"));
  }
});

test("keys on one side only are told, not waited out", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const secured = await rig.registrar(secure(ring));
  const open = await rig.registrar();
  const needless = await refusal(rig.join(open, { service: "cache", keys: ring.keys(ring.cache) }));
  assert.equal(needless.error.code, "ERR_NOT_AUTHORISED");
  assert.match(needless.error.message, /has no keys/);
  assert.ok(needless.ms < SOON_MS);
  // Without keys it costs to look, so it is looked when one attempt was met by silence.
  const missing = await refusal(rig.join(secured, { service: "cache", helloTimeoutMs: 200 }));
  assert.equal(missing.error.code, "ERR_NOT_AUTHORISED");
  assert.match(missing.error.message, /asks for keys/);
  const { error } = await refusal(rig.join(secured, { service: "cache", joinTimeoutMs: 100 }));
  assert.equal(error.code, "ERR_TIMEOUT");
  assert.match(error.message, /keys/);
});

test("a wrong key of the registrar ends in a timeout that says so", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const registrar = await rig.registrar(secure(ring));
  const keys = { own: ring.cache, registrar: ring.stranger.publicKey };
  const { error } = await refusal(
    rig.join(registrar, { service: "cache", keys, joinTimeoutMs: 500 }),
  );
  assert.equal(error.code, "ERR_TIMEOUT");
  assert.match(error.message, /is keys\.registrar its public key/);
});

test("one registrar that lets in is enough", async (t) => {
  const rig = new Rig(t);
  const [ring, other] = [new Ring(), new Ring()];
  const first = await rig.registrar(secure(ring));
  const second = await rig.registrar(secure(other));
  const registrar = [first.endpoints.survey, second.endpoints.survey];
  const keys = {
    own: ring.cache,
    registrar: [ring.registrar.publicKey, other.registrar.publicKey],
  };
  const own = await rig.member({ registrar, service: "cache", id: "c1", keys });
  const states = record(own.connection$);
  await until(() => second.counters.unauthorised > 0, { what: "the second has refused" });
  assert.equal(states.last?.kind, "live");
  // Each alone is asked for its own key; both refuse a stranger.
  const stranger = { ...keys, own: ring.stranger };
  const { error } = await refusal(rig.member({ registrar, service: "cache", keys: stranger }));
  assert.equal(error.code, "ERR_NOT_AUTHORISED");
});

test("two registrars of one process let in their own", async (t) => {
  const rig = new Rig(t);
  const [ring, other] = [new Ring(), new Ring()];
  const first = await rig.registrar(secure(ring));
  const second = await rig.registrar(secure(other));
  const open = await rig.registrar();
  await rig.join(first, { service: "cache", keys: ring.keys(ring.cache) });
  await rig.join(second, { service: "cache", keys: other.keys(other.cache) });
  await rig.join(open, { service: "cache" });
  const strange = { own: ring.cache, registrar: other.registrar.publicKey };
  const { error } = await refusal(rig.join(second, { service: "cache", keys: strange }));
  assert.equal(error.code, "ERR_NOT_AUTHORISED");
  await first.close();
  // The one that is left still looks at keys.
  const late = await refusal(rig.join(second, { service: "cache", keys: strange }));
  assert.equal(late.error.code, "ERR_NOT_AUTHORISED");
  await rig.join(second, { service: "cache", keys: other.keys(other.cache) });
});

test("a registrar that is restarted has its clients again", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const options = secure(ring, QUICK);
  const before = await rig.registrar(options);
  const { survey, roster } = before.endpoints;
  const own = await rig.join(before, {
    service: "cache",
    id: "c1",
    keys: ring.keys(ring.cache),
  });
  const watcher = await rig.ready(before, { service: "cache", keys: ring.keys(ring.watcher) });
  const changes = record(watcher.changes$);
  await before.close();
  const after = await rig.registrar({ ...options, survey, roster });
  await until(() => after.counters.members === 1, { what: "the member is back" });
  await until(() => watcher.view.authority === "live", { what: "the watcher is back" });
  assert.deepEqual(ids(watcher.peers), ["c1"]);
  assert.deepEqual(
    changes.values.map(({ kind }) => kind),
    ["joined"],
  );
  assert.equal(after.counters.unauthorised, 0);
  await own.update({ weight: 3 });
});

test("beyond loopback a registrar warns without keys only", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const [open, secured] = [new Log(), new Log()];
  const anywhere = { survey: "tcp://0.0.0.0:0", roster: "tcp://0.0.0.0:0" };
  await rig.registrar({ ...anywhere, logger: open });
  await rig.registrar(secure(ring, { ...anywhere, logger: secured }));
  assert.ok(open.lines.some(({ event }) => event.startsWith("registrar.open")));
  assert.ok(!secured.lines.some(({ event }) => event.startsWith("registrar.open")));
});

test("no line of a log and no error has a secret", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const log = new Log();
  const registrar = await rig.registrar(secure(ring, { logger: log, ...QUICK }));
  const errors: unknown[] = [];
  for (const own of [ring.stranger, ring.watcher]) {
    const { error } = await refusal(
      rig.join(registrar, { service: "cache", keys: ring.keys(own), logger: log }),
    );
    errors.push(error, error.stack, error.cause);
  }
  const swapped = { publicKey: ring.cache.secretKey, secretKey: ring.cache.publicKey };
  for (const keys of [
    { own: swapped, registrar: ring.registrar.publicKey },
    { own: ring.cache.secretKey, registrar: ring.registrar.publicKey },
    { own: ring.cache, registrar: `${ring.registrar.secretKey}.` },
  ]) {
    const { error } = await refusal(rig.join(registrar, { service: "cache", keys, logger: log }));
    errors.push(error, error.stack);
  }
  await rig.join(registrar, { service: "cache", keys: ring.keys(ring.cache), logger: log });
  await registrar.close();
  const said = log.lines.map((line) => JSON.stringify(line)).join("\n") + errors.map(String).join();
  assert.ok(log.lines.length >= 4 && said.includes(ring.stranger.publicKey));
  for (const { secretKey } of [ring.registrar, ring.cache, ring.watcher, ring.stranger]) {
    assert.ok(!said.includes(secretKey));
  }
});

test("keys work over a local path as well", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const folder = rig.folder();
  const registrar = await rig.registrar(
    secure(ring, { survey: `ipc://${folder}/survey`, roster: `ipc://${folder}/roster` }),
  );
  await rig.join(registrar, { service: "cache", id: "c1", keys: ring.keys(ring.cache) });
  const watcher = await rig.ready(registrar, { service: "cache", keys: ring.keys(ring.watcher) });
  assert.deepEqual(ids(watcher.peers), ["c1"]);
  const { error } = await refusal(
    rig.join(registrar, { service: "cache", keys: ring.keys(ring.stranger) }),
  );
  assert.equal(error.code, "ERR_NOT_AUTHORISED");
});

test("a key listed for two services is a member of both", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const allow = { members: [member(ring.cache, "cache", "db")] };
  const registrar = await rig.registrar({ keys: { own: ring.registrar, allow } });
  for (const service of ["cache", "db"]) {
    await rig.join(registrar, { service, keys: ring.keys(ring.cache) });
  }
  assert.equal(registrar.counters.members, 2);
});
