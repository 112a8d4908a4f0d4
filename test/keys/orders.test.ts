import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import fc from "fast-check";
import { ANY_EPOCH } from "../../lib/core/messages.ts";
import type { FromRegistrar, Join } from "../../lib/core/messages.ts";
import type { Registrar, RegistrarKeys } from "../../lib/index.ts";
import { makeKeyPair } from "../../lib/index.ts";
import { encodeToRegistrar } from "../../lib/wire/survey.ts";
import { during } from "../helpers/during.ts";
import { instanceNamed } from "../helpers/instances.ts";
import { portOf } from "../helpers/proxy.ts";
import { ids } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Intruder } from "./intruder.ts";
import type { Curve } from "./intruder.ts";
import { JOIN, Ring, WATCH } from "./samples.ts";

/*
 * Without a listed key there is no membership, no list and no metadata; with one there is what it is
 * listed for, and nothing more: in any order of attempts, one after the other and at the same time.
 */

/** Long enough for a handshake and a publication, many times over. */
const LISTEN_MS = 250;

/** Two keys may join `cache`. */
class Ringing extends Ring {
  readonly twin = makeKeyPair();

  get keysOfRegistrar(): RegistrarKeys {
    const { members = [], watchers = [] } = this.rules;
    const twins = { key: this.twin.publicKey, services: ["cache"] };
    return { own: this.registrar, allow: { members: [...members, twins], watchers } };
  }
}

/** A registrar with an honest member and watcher, and what an eavesdropper may have. */
interface Scene {
  readonly t: TestContext;
  readonly ring: Ringing;
  readonly registrar: Registrar;
  /** A JOIN that was good in an earlier run of a registrar with the same keys. */
  readonly old: Join;
  /** All bytes of one honest connection. */
  readonly recorded: Buffer;
}

/** Gets something that it should not have, and rejects if it does. Resolves with a check for later. */
type Attempt = (scene: Scene) => Promise<() => void>;

const JOIN_EVIL: Join = { ...JOIN, id: "evil", ...instanceNamed("evil") };

/** Hears nothing at all, whatever it says. */
function shutOut(side: "survey" | "roster", curveOf: (ring: Ring) => Curve | null): Attempt {
  return ({ t, ring, registrar }) => {
    const kind = side === "survey" ? "dealer" : "subscriber";
    const intruder = new Intruder(t, registrar.endpoints[side], { kind, curve: curveOf(ring) });
    for (const message of [JOIN_EVIL, WATCH]) {
      intruder.say({ ...message, epoch: registrar.epoch });
    }
    return Promise.resolve(() => assert.equal(intruder.frames, 0, "frames were heard"));
  };
}

/** Speaks to the wrong one of the two sockets. */
function swapped(side: "survey" | "roster", curveOf: (ring: Ring) => Curve | null): Attempt {
  return ({ t, ring, registrar }) => {
    const kind = side === "survey" ? "subscriber" : "dealer";
    const intruder = new Intruder(t, registrar.endpoints[side], { kind, curve: curveOf(ring) });
    intruder.say({ ...JOIN_EVIL, epoch: registrar.epoch });
    return Promise.resolve(() => assert.equal(intruder.frames, 0, "frames were heard"));
  };
}

const OF_A_LIST: ReadonlySet<FromRegistrar["kind"]> = new Set(["accepted", "recorded", "survey"]);

/** Is let in by its key, asks for more than it is listed for, and is refused. */
function refused(
  curveOf: (ring: Ringing) => Curve,
  joinOf: (intruder: Intruder, scene: Scene) => Promise<Join>,
): Attempt {
  return async (scene) => {
    const { t, ring, registrar } = scene;
    const curve = curveOf(ring);
    const intruder = new Intruder(t, registrar.endpoints.survey, { kind: "dealer", curve });
    await intruder.hears("welcome");
    intruder.say(await joinOf(intruder, scene));
    const { code } = await intruder.hears("refused");
    assert.equal(code, "ERR_NOT_AUTHORISED");
    return () =>
      assert.deepEqual(
        intruder.heard.filter(({ kind }) => OF_A_LIST.has(kind)),
        [],
      );
  };
}

const server = ({ registrar }: Ring): string => registrar.publicKey;
const watcher = (ring: Ring): Curve => ({ own: ring.watcher, server: server(ring) });
const member = (ring: Ring): Curve => ({ own: ring.cache, server: server(ring) });
const stranger = (ring: Ring): Curve => ({ own: ring.stranger, server: server(ring) });
const twin = (ring: Ringing): Curve => ({ own: ring.twin, server: server(ring) });
const nobody = (): null => null;
const misled = (ring: Ring): Curve => ({ own: ring.cache, server: makeKeyPair().publicKey });

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  "no key, survey": shutOut("survey", nobody),
  "no key, roster": shutOut("roster", nobody),
  "unlisted key, survey": shutOut("survey", stranger),
  "unlisted key, roster": shutOut("roster", stranger),
  "wrong server key, survey": shutOut("survey", misled),
  "wrong server key, roster": shutOut("roster", misled),
  "no key, sockets swapped": swapped("roster", nobody),
  "unlisted key, sockets swapped": swapped("survey", stranger),
  "listed as watcher, joins": refused(watcher, async (intruder, { ring }) =>
    intruder.proved(JOIN_EVIL, watcher(ring)),
  ),
  "listed for another service": refused(member, async (intruder, { ring }) =>
    intruder.proved({ ...JOIN_EVIL, service: "db" }, member(ring)),
  ),
  "listed, without a proof": refused(member, async (intruder) => {
    const { epoch } = await intruder.hears("welcome");
    return { ...JOIN_EVIL, epoch };
  }),
  "proof of an unlisted key over a listed connection": refused(watcher, (intruder, { ring }) =>
    intruder.proved(JOIN_EVIL, stranger(ring)),
  ),
  "a proof of an earlier run": refused(watcher, async (intruder, { old }) => {
    const { epoch } = await intruder.hears("welcome");
    return { ...old, epoch };
  }),
  "somebody's instance": refused(twin, (intruder, { ring }) =>
    intruder.proved({ ...JOIN, secret: instanceNamed("twin").secret, edition: 9 }, twin(ring)),
  ),
  "ahead of the greeting": async ({ t, ring, registrar }) => {
    const { survey } = registrar.endpoints;
    const intruder = new Intruder(t, survey, { kind: "dealer", curve: watcher(ring) });
    const proved = await intruder.proved(JOIN_EVIL, watcher(ring));
    for (const proof of [null, proved.proof]) {
      intruder.say({ ...JOIN_EVIL, epoch: ANY_EPOCH, proof });
    }
    return () =>
      assert.deepEqual(
        intruder.heard.map(({ kind }) => kind),
        ["welcome"],
      );
  },
  "frames of an earlier run, as they were": async ({ t, ring, registrar, old }) => {
    const { survey } = registrar.endpoints;
    const intruder = new Intruder(t, survey, { kind: "dealer", curve: watcher(ring) });
    await intruder.hears("welcome");
    intruder.send(encodeToRegistrar(old));
    return () =>
      assert.deepEqual(
        intruder.heard.map(({ kind }) => kind),
        ["welcome"],
      );
  },
  "bytes of an honest connection, again": ({ t, registrar, recorded }) => {
    const socket = connect(portOf(registrar.endpoints.survey), "127.0.0.1");
    let bytes = 0;
    socket.on("error", () => undefined);
    socket.on("data", (data) => (bytes += data.length));
    socket.write(recorded);
    t.after(() => socket.destroy());
    // A greeting of 64 bytes is all that anybody gets, and the answer to the first command.
    return Promise.resolve(() => assert.ok(bytes <= 64 + 200, `${bytes} bytes were heard`));
  },
};

test("without a listed key: no join, no roster, no metadata, in any order of attempts", async (t) => {
  const rig = new Rig(t);
  const ring = new Ringing();
  const keys = ring.keysOfRegistrar;
  const earlier = await rig.registrar({ keys });
  const past = new Intruder(t, earlier.endpoints.survey, { kind: "dealer", curve: member(ring) });
  const old = await past.proved({ ...JOIN_EVIL, epoch: earlier.epoch }, member(ring));
  await earlier.close();

  const registrar = await rig.registrar({ keys, announceIntervalMs: 50 });
  const link = await rig.proxy(registrar.endpoints.survey);
  const seen: Buffer[] = [];
  link.tap = (bytes) => seen.push(bytes);
  const honest = new Intruder(t, link.endpoint, { kind: "dealer", curve: member(ring) });
  honest.say(await honest.proved(JOIN, member(ring)));
  await honest.hears("recorded");
  link.tap = () => undefined;
  // What an honest client answers is not the point here.
  await rig.join(registrar, { service: "cache", id: "c2", keys: ring.keys(ring.cache) });
  const list = await rig.ready(registrar, { service: "*", keys: ring.keys(ring.watcher) });
  await until(() => ids(list.peers).includes("c2"), { what: "the honest list" });
  const scene: Scene = { t, ring, registrar, old, recorded: Buffer.concat(seen) };

  const order = fc.array(fc.constantFrom(...Object.keys(ATTEMPTS)), {
    minLength: 5,
    maxLength: 12,
  });
  const atOnce = fc.boolean();
  await fc.assert(
    fc.asyncProperty(order, atOnce, async (names, isAtOnce) => {
      const checks: (() => void)[] = [];
      const attempt = async (name: string): Promise<void> => {
        const check = await ATTEMPTS[name]?.(scene);
        if (check !== undefined) checks.push(check);
      };
      if (isAtOnce) await Promise.all(names.map(attempt));
      else for (const name of names) await attempt(name);
      await during(LISTEN_MS, () => {
        for (const check of checks) check();
        const all = [...registrar.view("cache").peers, ...registrar.view("db").peers];
        assert.deepEqual(
          all.filter(({ id, instance }) => id === "evil" || instance === "evil"),
          [],
        );
        assert.ok(ids(list.peers).includes("c2") && !ids(list.peers).includes("evil"));
        assert.equal(registrar.counters.consumers, 1);
      });
    }),
    { numRuns: 6 },
  );
  assert.ok(registrar.counters.unauthorised > 0);
});

test("each attempt by itself is turned away", async (t) => {
  const rig = new Rig(t);
  const ring = new Ringing();
  const registrar = await rig.registrar({ keys: ring.keysOfRegistrar });
  const honest = new Intruder(t, registrar.endpoints.survey, {
    kind: "dealer",
    curve: member(ring),
  });
  honest.say(await honest.proved(JOIN, member(ring)));
  await honest.hears("recorded");
  const old = { ...JOIN_EVIL, epoch: "ab".repeat(16), proof: Buffer.alloc(64, 1) };
  const scene: Scene = { t, ring, registrar, old, recorded: Buffer.alloc(300, 0x41) };
  for (const [name, attempt] of Object.entries(ATTEMPTS)) {
    const check = await attempt(scene);
    await during(50, check);
    const evil = [...registrar.view("cache").peers, ...registrar.view("db").peers];
    assert.ok(!ids(evil).includes("evil"), name);
  }
});
