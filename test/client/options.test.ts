import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { CLIENT_OPTIONS, join, LIMITS, watch } from "../../lib/index.ts";
import type { JoinOptions, WatchOptions } from "../../lib/index.ts";
import { openFiles } from "../helpers/files.ts";
import { updatedCard } from "../../lib/client/options.ts";
import { CARD } from "../core/samples.ts";
import { code } from "../helpers/rig.ts";

/** Nothing listens there; nothing would ever be dialled. */
const NOBODY = "tcp://127.0.0.1:9";

/** Options as JavaScript may give them. */
type Loose = Readonly<Record<string, unknown>>;

/** `join` refuses these before it makes a socket: no turn of the event loop passes. */
async function refusesJoin(options: Loose, expected: string): Promise<void> {
  const before = openFiles() ?? 0;
  const joining = join({ registrar: NOBODY, logger: false, ...options } as unknown as JoinOptions);
  assert.ok((openFiles() ?? 0) <= before, "a socket was made");
  await assert.rejects(joining, code(expected), JSON.stringify(options).slice(0, 100));
}

/** Everything is well, but nobody is there. */
async function triesJoin(options: Loose): Promise<void> {
  const joining = join({ logger: false, joinTimeoutMs: 20, ...options } as unknown as JoinOptions);
  await assert.rejects(joining, code("ERR_TIMEOUT"), JSON.stringify(options));
}

function refusesWatch(options: Loose, expected: string): void {
  const start = (): unknown => watch({ logger: false, ...options } as unknown as WatchOptions);
  const before = openFiles() ?? 0;
  assert.throws(start, code(expected), JSON.stringify(options).slice(0, 100));
  assert.ok((openFiles() ?? 0) <= before, "a socket was made");
}

test("endpoints that lead nowhere are refused before any socket is made", async () => {
  for (const registrar of [
    "",
    "127.0.0.1:5570",
    "udp://127.0.0.1:5570",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:99999",
    "tcp://*:5570",
    "tcp://1.2.3:5570",
    "tcp://::1:5570",
    "ipc://",
    `ipc://${"x".repeat(200)}`,
    5570,
    null,
    [],
    [NOBODY, "tcp://nowhere"],
  ]) {
    const expected =
      Array.isArray(registrar) && registrar.length === 0 ? "ERR_OPTION" : "ERR_ENDPOINT";
    await refusesJoin({ registrar, service: "cache" }, expected);
    refusesWatch({ registrar, service: "cache" }, expected);
    refusesWatch({ roster: registrar, service: "cache" }, expected);
  }
});

test("a watcher takes registrars or rosters, not both", () => {
  refusesWatch({ registrar: NOBODY, roster: NOBODY, service: "cache" }, "ERR_OPTION");
});

test("names that cannot travel are refused, each by its rule", async () => {
  for (const name of [
    "",
    "a\0b",
    "x".repeat(LIMITS.serviceBytesMax + 1),
    "\ud800",
    "ü".repeat(128),
    5,
    null,
  ]) {
    await refusesJoin({ service: name }, "ERR_OPTION");
    await refusesJoin({ service: "cache", id: name ?? 7 }, "ERR_OPTION");
    refusesWatch({ service: name }, "ERR_OPTION");
    refusesWatch({ service: ["cache", name] }, "ERR_OPTION");
  }
  await refusesJoin({}, "ERR_OPTION");
  refusesWatch({}, "ERR_OPTION");
  // The star stands for all services, so none can be called that.
  await refusesJoin({ service: "*" }, "ERR_OPTION");
  await refusesJoin({ service: "cache", watch: [] }, "ERR_OPTION");
  await refusesJoin({ service: "cache", watch: "" }, "ERR_OPTION");
  refusesWatch({ service: [] }, "ERR_OPTION");
});

test("more services than a message can name are refused, and the star is the way out", async () => {
  const many = Array.from({ length: LIMITS.watchedServicesMax + 1 }, (_, i) => `s${i}`);
  refusesWatch({ registrar: NOBODY, service: many }, "ERR_OPTION");
  await refusesJoin({ service: "cache", watch: many }, "ERR_OPTION");
  await watch({ registrar: NOBODY, service: many.slice(1), logger: false }).close();
  await watch({ registrar: NOBODY, service: [...many, "*"], logger: false }).close();
});

test("every number is refused below its least, above its most, and where it is none", async () => {
  for (const [name, { min, max }] of Object.entries(CLIENT_OPTIONS)) {
    for (const value of [min - 1, max + 1, min + 0.5, Number.NaN, Infinity, "5", null, {}]) {
      if (value === null) continue;
      await refusesJoin({ service: "cache", [name]: value }, "ERR_OPTION");
      refusesWatch({ service: "cache", [name]: value }, "ERR_OPTION");
    }
  }
  await refusesJoin({ service: "cache", preset: "moon" }, "ERR_OPTION");
  refusesWatch({ service: "cache", preset: "toString" }, "ERR_OPTION");
});

test("an update keeps to the rule of join: no loopback address for a registrar elsewhere", () => {
  const elsewhere = [{ endpoint: "tcp://192.0.2.1:5570", hasSurvey: true }];
  const here = [{ endpoint: NOBODY, hasSurvey: true }];
  const hosts = (patch: object, targets = elsewhere): readonly string[] =>
    updatedCard(CARD, patch, targets).endpoints.map(({ host }) => host);
  for (const address of ["127.0.0.1", "localhost", "::1"]) {
    assert.throws(() => hosts({ address }), code("ERR_OPTION"));
    assert.throws(() => hosts({ endpoints: [{ host: address, port: 1 }] }), code("ERR_OPTION"));
    assert.deepEqual(hosts({ address }, here), [address]);
  }
  assert.deepEqual(hosts({ address: "10.9.9.9" }), ["10.9.9.9"]);
  const local = {
    ...CARD,
    endpoints: [{ ...CARD.endpoints[0], host: "127.0.0.1" }],
  } as typeof CARD;
  assert.equal(updatedCard(local, { weight: 3 }, elsewhere).weight, 3, "what was let in may stay");
});

test("an option that is undefined counts as absent", async () => {
  await triesJoin({
    registrar: NOBODY,
    service: "cache",
    id: undefined,
    address: undefined,
    port: undefined,
    zone: undefined,
    watch: undefined,
    preset: undefined,
    helloTimeoutMs: undefined,
  });
});

test("cards that cannot travel are refused before any socket is made", async () => {
  for (const wrong of [
    { weight: -1 },
    { weight: Number.NaN },
    { weight: Infinity },
    { weight: "1" },
    { port: -1 },
    { port: 65_536 },
    { port: 80.5 },
    { address: "" },
    { address: "x".repeat(LIMITS.hostBytesMax + 1) },
    { zone: "z".repeat(LIMITS.wordBytesMax + 1) },
    { zone: 5 },
    { version: "\0" },
    { tags: "blue" },
    { tags: [5] },
    { tags: Array.from({ length: LIMITS.tagsMax + 1 }, String) },
    { metadata: { rack: 7 } },
    { metadata: null },
    { metadata: [] },
    { metadata: { big: "x".repeat(LIMITS.metadataBytesMax) } },
    { status: "fine" },
    { endpoints: [{ host: "a", port: 1 }], address: "b" },
    { endpoints: [{ host: "a" }] },
    { endpoints: "a:1" },
    { endpoints: [null] },
    { endpoints: Array.from({ length: LIMITS.endpointsMax + 1 }, () => ({ host: "a", port: 1 })) },
  ] as readonly Loose[]) {
    await refusesJoin({ service: "cache", ...wrong }, "ERR_OPTION");
  }
});

test("an address that others cannot reach is refused where the registrar is elsewhere", async () => {
  const elsewhere = { registrar: "tcp://192.0.2.1:5570", service: "cache" };
  for (const address of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
    await refusesJoin({ ...elsewhere, address }, "ERR_OPTION");
  }
  await refusesJoin({ ...elsewhere, endpoints: [{ host: "localhost", port: 1 }] }, "ERR_OPTION");
  await triesJoin({ ...elsewhere, address: "10.0.0.1" });
});

test("without an address, the one address of this host is taken where the registrar is elsewhere", async () => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  const elsewhere = { registrar: "tcp://192.0.2.1:5570", service: "cache" };
  // With none or several there is no telling which one others can reach.
  if (addresses.length === 1) await triesJoin(elsewhere);
  else await refusesJoin(elsewhere, "ERR_OPTION");
});
