import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { curveKeyPair } from "zeromq";
import { openClientPort } from "../../lib/transport/client-port.ts";
import { makeRouter } from "../../lib/transport/sockets.ts";
import { claimDomain, releaseDomain } from "../../lib/transport/zap.ts";
import type { ClientPort, ClientPortKeys, SocketName } from "../../lib/transport/port.ts";
import { during } from "../helpers/during.ts";
import { until } from "../helpers/until.ts";
import { bytes, Child, freshEndpoints, PROTOCOLS, Registrar, text, WELCOME } from "./rig.ts";
import type { RegistrarPortOptions } from "../../lib/transport/port.ts";

const SERVER = curveKeyPair();
const GUEST = curveKeyPair();
const STRANGER = curveKeyPair();

/** A registrar that lets in the guest; `refused` has who was not. */
async function guarded(
  t: TestContext,
  options: Partial<RegistrarPortOptions> = {},
): Promise<{
  readonly registrar: Registrar;
  readonly guests: Set<string>;
  readonly asked: string[];
}> {
  const guests = new Set([hexOf(GUEST.publicKey)]);
  const asked: string[] = [];
  const registrar = await Registrar.open(t, {
    keys: {
      ...SERVER,
      mayConnect: (socket, key, address) => {
        asked.push(`${socket} ${address}`);
        return guests.has(Buffer.from(key).toString("hex"));
      },
    },
    ...options,
  });
  return { registrar, guests, asked };
}

/** The key as its bytes, by way of Z85 of its own. */
function hexOf(z85: string): string {
  const alphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  return (z85.match(/.{5}/gs) ?? [])
    .map((group) => group.split("").reduce((sum, c) => sum * 85 + alphabet.indexOf(c), 0))
    .map((value) => value.toString(16).padStart(8, "0"))
    .join("");
}

class Guest {
  readonly received: string[] = [];
  readonly published: string[][] = [];
  readonly unwelcome: string[] = [];
  lost = 0;
  readonly port: ClientPort;

  constructor(t: TestContext, own?: { publicKey: string; secretKey: string }, server = SERVER) {
    const keys: ClientPortKeys | undefined =
      own === undefined ? undefined : { ...own, serverKey: server.publicKey };
    this.port = openClientPort(
      { reconnectMinMs: 10, detachMs: 100, keys },
      {
        received: (frame) => this.received.push(text(frame)),
        // libzmq may tell of the loss of a connection that never came about.
        lost: () => (this.lost += 1),
        published: (frames) => this.published.push(frames.map(text)),
        failed: (error) => assert.fail(String(error)),
        unwelcome: (socket: SocketName, failure) => this.unwelcome.push(`${socket} ${failure}`),
      },
    );
    t.after(() => this.port.close(0));
  }

  dial({ port }: Registrar): this {
    this.port.dial(port.endpoints.survey);
    return this;
  }

  follow({ port }: Registrar): this {
    this.port.subscribe("topic");
    this.port.follow(port.endpoints.roster);
    return this;
  }

  async hears(said: string): Promise<this> {
    await until(() => this.received.includes(said), { what: `a guest hears ${said}` });
    return this;
  }
}

for (const protocol of PROTOCOLS) {
  test(`a listed key speaks and reads over ${protocol}`, async (t) => {
    const { registrar } = await guarded(t, freshEndpoints(t, protocol));
    const guest = await new Guest(t, GUEST).dial(registrar).follow(registrar).hears(WELCOME);
    guest.port.send(bytes("hello"));
    registrar.send(await registrar.route("hello"), "answer");
    await guest.hears("answer");
    await until(() => registrar.subscriptions.includes("+topic"), { what: "the subscription" });
    registrar.publish("topic", "news");
    await until(() => guest.published.length === 1, { what: "the news" });
    assert.deepEqual(guest.unwelcome, []);
  });
}

test("a key that is not listed is told so, and hears nothing", async (t) => {
  const { registrar, asked } = await guarded(t);
  const stranger = new Guest(t, STRANGER).dial(registrar).follow(registrar);
  await until(() => stranger.unwelcome.length === 2, { what: "both sockets refuse" });
  assert.deepEqual(stranger.unwelcome.toSorted(), ["roster denied", "survey denied"]);
  assert.deepEqual(asked.toSorted(), ["roster 127.0.0.1", "survey 127.0.0.1"]);
  stranger.port.send(bytes("hello"));
  await during(200, () => {
    registrar.publish("topic", "news");
    assert.deepEqual([stranger.received, stranger.published, registrar.received], [[], [], []]);
  });
});

test("who dials again when the key is listed gets in", async (t) => {
  const { registrar, guests } = await guarded(t);
  const stranger = new Guest(t, STRANGER).dial(registrar);
  await until(() => stranger.unwelcome.length === 1, { what: "it is refused" });
  guests.add(hexOf(STRANGER.publicKey));
  await stranger.dial(registrar).hears(WELCOME);
});

test("keys on one side only are a mismatch, which costs a second attempt without keys", async (t) => {
  const { registrar } = await guarded(t);
  const open = await Registrar.open(t, {});
  const needless = new Guest(t, GUEST).dial(open);
  await until(() => needless.unwelcome.includes("survey mismatch"), { what: "needless keys" });
  const missing = new Guest(t).dial(registrar);
  await during(100, () => assert.deepEqual(missing.unwelcome, []));
  missing.dial(registrar);
  await until(() => missing.unwelcome.includes("survey mismatch"), { what: "missing keys" });
  assert.deepEqual(missing.received, []);
});

test("where a registrar was heard before, the fifth attempt tells that it has keys now", async (t) => {
  const before = await Registrar.open(t, {});
  const { survey, roster } = before.port.endpoints;
  const guest = new Guest(t).dial(before);
  await guest.hears(WELCOME);
  await before.port.close();
  const { registrar } = await guarded(t, { survey, roster });
  for (let attempt = 1; attempt < 5; attempt += 1) {
    guest.dial(registrar);
    await during(100, () => assert.deepEqual(guest.unwelcome, []));
  }
  guest.dial(registrar);
  await until(() => guest.unwelcome.includes("survey mismatch"), { what: "the keys" });
});

test("a wrong key of the server breaks the handshake", async (t) => {
  const { registrar, asked } = await guarded(t);
  const guest = new Guest(t, GUEST, STRANGER).dial(registrar);
  await until(() => guest.unwelcome.includes("survey broken"), { what: "it breaks" });
  assert.deepEqual(asked, []);
  assert.deepEqual(guest.received, []);
});

test("a client without keys that is heard has no monitor and is told nothing", async (t) => {
  const open = await Registrar.open(t, {});
  const guest = new Guest(t).dial(open);
  await guest.hears(WELCOME);
  await open.port.close();
  await until(() => guest.lost > 0, { what: "the loss is told" });
  assert.deepEqual(guest.unwelcome, []);
});

test("registrars of one process are asked each for its own", async (t) => {
  const first = await guarded(t);
  const second = await guarded(t);
  second.guests.clear();
  await new Guest(t, GUEST).dial(first.registrar).hears(WELCOME);
  const guest = new Guest(t, GUEST).dial(second.registrar);
  await until(() => guest.unwelcome.length === 1, { what: "the second refuses" });
  await second.registrar.port.close();
  await new Guest(t, GUEST).dial(first.registrar).hears(WELCOME);
});

test("where nobody is there to be asked, or who is asked knows nothing of it, nobody gets in", async (t) => {
  for (const domains of [[], ["another"]]) {
    for (const domain of domains) await claimDomain(domain, () => true);
    const curve = { ...SERVER, domain: "nobody" };
    const router = makeRouter({ heartbeatTimeoutMs: 30_000, ipv6: false, curve });
    t.after(() => router.close());
    router.greet(bytes(WELCOME));
    await router.bind("tcp://127.0.0.1:0");
    const guest = new Guest(t, GUEST);
    guest.port.dial(router.lastEndpoint ?? "");
    await until(() => guest.unwelcome.length > 0, { what: "it is refused" });
    await during(100, () => assert.deepEqual(guest.received, []));
    for (const domain of domains) await releaseDomain(domain);
  }
});

test("opening and closing in any order leaves a handler that works", async (t) => {
  await Promise.all([
    claimDomain("a", () => true),
    releaseDomain("a"),
    claimDomain("b", () => true),
    releaseDomain("b"),
  ]);
  for (let i = 0; i < 20; i += 1) {
    const { registrar } = await guarded(t);
    await new Guest(t, GUEST).dial(registrar).hears(WELCOME);
    await registrar.port.close();
  }
});

test("a renewed roster ends every connection, and lets in who may come back", async (t) => {
  const { registrar, guests } = await guarded(t);
  const stays = new Guest(t, GUEST).follow(registrar);
  guests.add(hexOf(STRANGER.publicKey));
  const goes = new Guest(t, STRANGER).follow(registrar);
  const held = (): number => {
    const since = registrar.subscriptions.lastIndexOf("cleared") + 1;
    return registrar.subscriptions.slice(since).filter((topic) => topic === "+topic").length;
  };
  await until(() => held() === 2, { what: "both subscribe" });
  guests.delete(hexOf(STRANGER.publicKey));
  const { roster } = registrar.port.endpoints;
  await registrar.port.renewRoster();
  await until(() => held() === 1, { what: "one is back" });
  assert.equal(registrar.port.endpoints.roster, roster);
  registrar.publish("topic", "secret");
  await until(() => stays.published.length === 1, { what: "who stays reads on" });
  await until(() => goes.unwelcome.includes("roster denied"), { what: "who goes is told" });
  await during(100, () => assert.deepEqual(goes.published, []));
  assert.deepEqual(registrar.failures, []);
});

test("a roster can be renewed many times, at once, and while it is closed", async (t) => {
  const { registrar } = await guarded(t);
  const guest = new Guest(t, GUEST).follow(registrar);
  await Promise.all([registrar.port.renewRoster(), registrar.port.renewRoster()]);
  for (let i = 0; i < 10; i += 1) await registrar.port.renewRoster();
  await until(
    () => {
      registrar.publish("topic", "news");
      return guest.published.length > 0;
    },
    { what: "the news" },
  );
  const renewal = registrar.port.renewRoster();
  await registrar.port.close();
  await renewal;
  await registrar.port.renewRoster();
  const { survey, roster } = registrar.port.endpoints;
  await guarded(t, { survey, roster });
  assert.deepEqual(registrar.failures, []);
});

test("a process with keys ends by itself when its ports are closed", async (t) => {
  const child = new Child(t, "serve-and-close", "keys");
  await child.says("closed");
  assert.equal(await child.exit(5000), 0);
});
