import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { BehaviorSubject } from "rxjs";
import { request } from "undici";
import { balancer, openDispatcher } from "../../lib/balance/index.ts";
import type { Balancer, RollcallDispatcher } from "../../lib/balance/index.ts";
import type { Peer } from "../../lib/core/peer.ts";
import { latest } from "../../lib/index.ts";
import type { Registrar, Watcher } from "../../lib/index.ts";
import { ids, record, told } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

/** Members with HTTP servers, of which each can be closed while its member stays. */
class Street {
  readonly rig: Rig;
  readonly registrar: Registrar;
  readonly servers = new Map<string, Server>();
  readonly #ports = new Map<string, number>();

  constructor(rig: Rig, registrar: Registrar) {
    this.rig = rig;
    this.registrar = registrar;
  }

  static async build(t: TestContext, ...names: readonly string[]): Promise<Street> {
    const rig = new Rig(t);
    const street = new Street(rig, await rig.registrar());
    for (const id of names) {
      await street.open(id);
      const port = street.#ports.get(id) ?? 0;
      await rig.join(street.registrar, { service: "orders", id, address: "127.0.0.1", port });
    }
    return street;
  }

  /** Opens a server, on the port it had before. */
  async open(id: string, status = 200): Promise<void> {
    const server = createServer((_request, response) => response.writeHead(status).end(id));
    server.listen(this.#ports.get(id) ?? 0, "127.0.0.1");
    await once(server, "listening");
    this.#ports.set(id, (server.address() as AddressInfo).port);
    this.servers.set(id, server);
    this.rig.after(() => server.close().closeAllConnections());
  }

  async shut(id: string): Promise<void> {
    const server = this.servers.get(id);
    server?.close().closeAllConnections();
    if (server !== undefined) await once(server, "close");
  }

  async dispatcher(): Promise<RollcallDispatcher> {
    const { survey } = this.registrar.endpoints;
    const options = { strategy: "round-robin" } as const;
    const dispatcher = await openDispatcher({
      registrar: survey,
      balancer: options,
      logger: false,
    });
    this.rig.after(() => dispatcher.destroy());
    return dispatcher;
  }

  watcher(): Promise<Watcher> {
    return this.rig.ready(this.registrar, { service: "orders" });
  }

  /** What the registrar has heard of a peer. */
  async heard(watcher: Watcher, id: string): Promise<readonly string[]> {
    const explanation = await watcher.explain("orders", id);
    return JSON.stringify(explanation).match(/reported unreachable|report withdrawn/g) ?? [];
  }
}

/** Sends requests until this peer is ejected; each of them has to go well. */
async function useUntilOut(dispatcher: RollcallDispatcher, id: string): Promise<void> {
  const isOut = (): boolean =>
    dispatcher
      .balancer("orders")
      ?.report()
      .some(({ peer, isEjected }) => peer.id === id && isEjected) ?? false;
  for (let sent = 0; !isOut(); sent += 1) {
    assert.ok(sent < 200, `${id} is not ejected after ${sent} requests`);
    const { body } = await request("http://orders.rollcall/", { dispatcher });
    await body.dump();
  }
}

test("what two of three dispatchers cannot reach is out for all, and back once it can be reached", async (t) => {
  const street = await Street.build(t, "a", "b", "c", "d");
  const watcher = await street.watcher();
  const changes = record(watcher.changes$);
  const [one, two] = [await street.dispatcher(), await street.dispatcher()];
  await street.shut("b");

  await useUntilOut(one, "b");
  await until(async () => (await street.heard(watcher, "b")).length > 0, { what: "one reported" });
  assert.deepEqual(ids(watcher.peers), ["a", "b", "c", "d"], "one alone is heard by nobody");

  await useUntilOut(two, "b");
  await until(() => watcher.peers.length === 3, { what: "b is out for all" });
  assert.deepEqual(changes.values.slice(4).map(told), ["left b (health-check)"]);
  assert.ok(watcher.view.peers.some(({ id, standing }) => id === "b" && standing === "suspect"));

  await street.open("b");
  await until(() => watcher.peers.length === 4, { what: "b is back for all" });
  assert.deepEqual(changes.values.slice(5).map(told), ["joined b (returned)"]);
});

test("reports count while the registrar learns after a stall of its own", async (t) => {
  const street = await Street.build(t, "a", "b", "c", "d");
  const [one, two, third] = [
    await street.watcher(),
    await street.watcher(),
    await street.watcher(),
  ];
  const untilMs = performance.now() + 800;
  while (performance.now() < untilMs);
  await until(() => third.view.authority === "learning", { what: "the registrar learns" });
  const b = third.peers.find(({ id }) => id === "b");
  assert.ok(b !== undefined);
  one.report(b, true);
  two.report(b, true);
  await until(() => third.peers.length === 3, { deadlineMs: 3000, what: "b is out for all" });
});

test("a peer that answers with errors is ejected here, and nobody is told", async (t) => {
  const street = await Street.build(t, "a", "b", "c");
  const watcher = await street.watcher();
  await street.shut("b");
  await street.open("b", 503);
  const dispatcher = await street.dispatcher();
  await useUntilOut(dispatcher, "b");
  // A report would have been sent before the question, on another connection; so a second time later.
  for (let n = 0; n < 2; n += 1) {
    assert.deepEqual(await street.heard(watcher, "b"), []);
    await request("http://orders.rollcall/", { dispatcher }).then(({ body }) => body.dump());
  }
});

/** Lets the balancer believe that no connection to this peer can be made. */
function accuse(pool: Balancer, id: string): void {
  for (let n = 0; n < 5; n += 1) pool.pick("", (peer) => peer.id !== id).done("unreachable");
}

test("a balancer over a watcher reports what a knock confirms, and withdraws it when it closes", async (t) => {
  const street = await Street.build(t, "a", "b", "c", "d");
  const [watcher, other] = [await street.watcher(), await street.watcher()];
  const pool = balancer(watcher);
  street.rig.after(() => pool.close());
  await street.shut("c");
  accuse(pool, "a");
  accuse(pool, "c");
  await until(async () => (await street.heard(other, "c")).length > 0, { what: "c is reported" });
  assert.deepEqual(await street.heard(other, "a"), [], "a was reached");
  await pool.close();
  await until(async () => (await street.heard(other, "c")).includes("report withdrawn"), {
    what: "it is withdrawn",
  });
});

test("a report is repeated while it holds, and withdrawn once", async (t) => {
  const street = await Street.build(t, "a", "b", "c");
  const watcher = await street.watcher();
  const told: string[] = [];
  const pool = balancer({
    peers$: watcher.peers$,
    get view() {
      return watcher.view;
    },
    report: ({ id }, isUnreachable) => void told.push(`${id} ${isUnreachable}`),
  });
  street.rig.after(() => pool.close());
  await street.shut("b");
  accuse(pool, "b");
  await until(() => told.length >= 2, { what: "it is repeated" });
  assert.deepEqual(new Set(told), new Set(["b true"]));
  await street.open("b");
  await until(() => told.includes("b false"), { what: "it is withdrawn" });
  assert.equal(told.filter((line) => line === "b false").length, 1);
});

test("a list alone, a watcher without survey connection and a member tell nobody", async (t) => {
  const street = await Street.build(t, "a", "b", "c", "d");
  const { survey, roster } = street.registrar.endpoints;
  const watcher = await street.watcher();
  const anonymous = street.rig.watcher({ roster, service: "orders" });
  await anonymous.ready();
  const member = await street.rig.join(survey, { service: "other", watch: "orders" });
  for await (const peers of latest(member.peers$)) if (peers.length === 4) break;
  await street.shut("b");
  await street.shut("c");
  for (const from of [watcher.peers$, anonymous, member]) {
    const pool = balancer(from);
    street.rig.after(() => pool.close());
    accuse(pool, "b");
    assert.ok(pool.report().some(({ peer, isEjected }) => peer.id === "b" && isEjected));
  }
  // Whoever can tell takes as long.
  const teller = balancer(watcher);
  street.rig.after(() => teller.close());
  accuse(teller, "c");
  await until(async () => (await street.heard(watcher, "c")).length > 0, { what: "c is reported" });
  assert.deepEqual(await street.heard(watcher, "b"), []);
});

test("a peer that is gone is looked at no more", async (t) => {
  const street = await Street.build(t, "a", "b", "c");
  const watcher = await street.watcher();
  let looks = 0;
  const peers$ = new BehaviorSubject<readonly Peer[]>(watcher.peers);
  const pool = balancer({
    peers$,
    get view() {
      looks += 1;
      return { ...watcher.view, peers: [] };
    },
    report: () => assert.fail("nobody is there"),
  });
  accuse(pool, "b");
  assert.equal(looks, 1);
  accuse(pool, "b");
  await pool.close();
});
