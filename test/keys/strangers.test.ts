import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import fc from "fast-check";
import { Dealer, Subscriber } from "zeromq";
import type { Registrar } from "../../lib/index.ts";
import { makeKeyPair } from "../../lib/index.ts";
import { portOf } from "../helpers/proxy.ts";
import { during } from "../helpers/during.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Ring } from "./samples.ts";

/** Long enough for a handshake and a publication, many times over. */
const LISTEN_MS = 400;

const SIDES = ["survey", "roster"] as const;
const KEYS = ["none", "unlisted", "wrong server", "own server", "listed"] as const;
type Side = (typeof SIDES)[number];
type Keys = (typeof KEYS)[number];

function curveOf(ring: Ring, keys: Keys): object {
  const server = ring.registrar.publicKey;
  const with_ = ({ publicKey, secretKey }: typeof ring.cache, curveServerKey: string): object => {
    return { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey };
  };
  switch (keys) {
    case "none":
      return {};
    case "unlisted":
      return with_(ring.stranger, server);
    case "wrong server":
      return with_(ring.watcher, makeKeyPair().publicKey);
    case "own server":
      return { ...with_(ring.stranger, ring.stranger.publicKey) };
    case "listed":
      return with_(ring.watcher, server);
    default:
      return keys satisfies never;
  }
}

/** A bare socket that takes whatever it is given. */
class Stranger {
  frames = 0;
  readonly #socket: Dealer | Subscriber;

  constructor(t: TestContext, endpoint: string, { side, curve }: { side: Side; curve: object }) {
    const options = { linger: 0, reconnectInterval: 20, ...curve };
    if (side === "survey") this.#socket = new Dealer({ ...options, sendTimeout: 0 });
    else {
      const socket = new Subscriber(options);
      socket.subscribe("");
      this.#socket = socket;
    }
    this.#socket.connect(endpoint);
    t.after(() => this.#socket.close());
    void this.#read();
  }

  /** Sends as well: some servers speak when they are spoken to. */
  say(): void {
    if (this.#socket instanceof Dealer) this.#socket.send("hello").catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const frames of this.#socket) this.frames += frames.length;
  }
}

async function busy(rig: Rig, ring: Ring): Promise<Registrar> {
  const registrar = await rig.registrar({
    keys: { own: ring.registrar, allow: ring.rules },
    announceIntervalMs: 50,
  });
  await rig.join(registrar, { service: "cache", id: "c1", keys: ring.keys(ring.cache) });
  await rig.ready(registrar, { service: "*", keys: ring.keys(ring.watcher) });
  return registrar;
}

test("without a listed key nobody gets a byte, in whatever order it is tried", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const registrar = await busy(rig, ring);
  const attempts = SIDES.flatMap((side) =>
    KEYS.filter((keys) => keys !== "listed").map((keys) => ({ side, keys })),
  );
  const orders = fc.sample(
    fc.shuffledSubarray(attempts, { minLength: attempts.length, maxLength: attempts.length }),
    4,
  );
  for (const order of orders) {
    const strangers = order.map(({ side, keys }) => {
      const curve = curveOf(ring, keys);
      return new Stranger(t, registrar.endpoints[side], { side, curve });
    });
    await during(LISTEN_MS, () => {
      for (const [i, stranger] of strangers.entries()) {
        stranger.say();
        assert.equal(stranger.frames, 0, JSON.stringify(order[i]));
      }
    });
  }
  // And those who are let in hear both sockets: what was tried could have heard something.
  for (const side of SIDES) {
    const curve = curveOf(ring, "listed");
    const listed = new Stranger(t, registrar.endpoints[side], { side, curve });
    await until(() => listed.frames > 0, { what: `the listed hear ${side}` });
  }
});

test("noise on the ports of a registrar with keys disturbs nobody", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const registrar = await busy(rig, ring);
  let answers = 0;
  for (const side of SIDES) {
    for (const noise of [
      "GET / HTTP/1.1\r\n\r\n",
      "\xff\0\0\0\0\0\0\0\x01\x7f\x03",
      "\0".repeat(500),
    ]) {
      const socket = connect(portOf(registrar.endpoints[side]), "127.0.0.1");
      socket.on("error", () => {});
      socket.on("data", (bytes) => (answers += bytes.includes("cache") ? 1 : 0));
      socket.write(noise, "latin1");
      t.after(() => socket.destroy());
    }
  }
  const own = await rig.join(registrar, { service: "cache", keys: ring.keys(ring.cache) });
  assert.ok(own.self.id);
  assert.equal(answers, 0);
});

test("no name and no fact crosses the wire in plain text", async (t) => {
  const rig = new Rig(t);
  const ring = new Ring();
  const words = ["cache", "sniffed-id", "sniffed-rack", "sniffed-tag", "sniffed.example"];
  for (const keys of [true, false]) {
    const registrar = await rig.registrar(
      keys ? { keys: { own: ring.registrar, allow: ring.rules } } : {},
    );
    const seen: Buffer[] = [];
    const proxies = await Promise.all(SIDES.map((side) => rig.proxy(registrar.endpoints[side])));
    for (const proxy of proxies) proxy.tap = (bytes) => seen.push(bytes);
    const [survey, roster] = proxies.map(({ endpoint }) => endpoint);
    const given = keys ? { keys: ring.keys(ring.cache) } : {};
    const own = await rig.member({
      registrar: survey,
      service: "cache",
      id: "sniffed-id",
      address: "sniffed.example",
      tags: ["sniffed-tag"],
      metadata: { rack: "sniffed-rack" },
      ...given,
    });
    const watcher = rig.watcher({ roster, service: "cache", ...given });
    await watcher.ready();
    await until(() => watcher.peers.length === 1, { what: "the list has come through" });
    await own.leave();
    const all = Buffer.concat(seen);
    assert.ok(all.length > 1000);
    for (const word of words) assert.equal(all.includes(word), !keys, `${word}, keys: ${keys}`);
  }
});
