import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { TestContext } from "node:test";
import { Agent, request } from "undici";
import type { Dispatcher } from "undici";
import { until } from "../helpers/until.ts";
import { echo, Shop } from "./shop.ts";
import type { Serve, Stall } from "./shop.ts";

const URL_OF_ORDERS = "http://orders.rollcall/path";

/** One peer whose single connection is busy with a request that it does not answer, and one in reserve. */
class Queue {
  readonly shop: Shop;
  readonly busy: Stall;
  readonly free: Stall;
  readonly dispatcher: Dispatcher;
  readonly first: Promise<Dispatcher.ResponseData>;
  readonly #answers: (() => void)[];

  static async open(t: TestContext, serve: Serve = echo): Promise<Queue> {
    const shop = new Shop(t);
    const answers: (() => void)[] = [];
    const frozen: Serve = (from, to, body) => void answers.push(() => echo(from, to, body));
    const [busy, free] = [await shop.stall("busy", frozen), await shop.stall("free", serve)];
    shop.list(busy);
    const dispatcher = await shop.open({ pool: { connections: 1 } });
    const queue = new Queue({ shop, busy, free, dispatcher, answers });
    await until(() => answers.length === 1, { what: "the connection is busy" });
    return queue;
  }

  private constructor(parts: {
    readonly shop: Shop;
    readonly busy: Stall;
    readonly free: Stall;
    readonly dispatcher: Dispatcher;
    readonly answers: (() => void)[];
  }) {
    ({ shop: this.shop, busy: this.busy, free: this.free, dispatcher: this.dispatcher } = parts);
    this.#answers = parts.answers;
    this.first = request(URL_OF_ORDERS, {
      method: "POST",
      body: "one",
      dispatcher: this.dispatcher,
    });
  }

  /** The busy peer is judged lost: what waits for its connection goes to the other one. */
  lose(): void {
    this.shop.lose(this.busy, this.free);
  }

  /** The lost peer answers after all, so that its connection takes what had waited for it. */
  async thaw(): Promise<string> {
    for (const answer of this.#answers) answer();
    return (await this.first).body.text();
  }
}

test("a stream that waited for a lost peer reaches another, and the lost one's thaw does not end it", async (t) => {
  const queue = await Queue.open(t);
  const { dispatcher, busy, free } = queue;
  const body = new Readable({ read() {} });
  const posted = request(URL_OF_ORDERS, { method: "POST", body, dispatcher });
  body.push("one ");
  queue.lose();
  await until(() => free.seen.length === 1, { what: "the other peer has it" });
  assert.match(await queue.thaw(), /^busy .* one$/);
  await until(() => busy.connections() === 0, { what: "connections to the lost peer are closed" });
  body.push("two");
  body.push(null);
  assert.match(await (await posted).body.text(), /^free .* POST one two$/);
  assert.equal(busy.seen.length, 1);
});

test("whoever pauses an answer pauses the one that comes, though the lost peer's connection begins later", async (t) => {
  const held: (() => void)[] = [];
  const serve: Serve = (_, response) => void held.push(() => void response.end("text"));
  const queue = await Queue.open(t, serve);
  const { dispatcher, busy } = queue;
  const chunks: string[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let [isBegun, isOver] = [false, false];
  dispatcher.dispatch(
    { origin: "http://orders.rollcall", path: "/", method: "GET" },
    {
      onRequestStart: (given) => (controller = given),
      onResponseStart: (given) => {
        isBegun = true;
        given.pause();
      },
      onResponseData: (_, chunk) => void chunks.push(chunk.toString()),
      onResponseEnd: () => (isOver = true),
      onResponseError: (_, error) => assert.fail(String(error)),
    },
  );
  queue.lose();
  await until(() => held.length === 1, { what: "the other peer has it" });
  assert.match(await queue.thaw(), /^busy/);
  await until(() => busy.connections() === 0, { what: "connections to the lost peer are closed" });
  for (const answer of held) answer();
  await until(() => isBegun, { what: "the answer" });
  // Its text came with its head, and would have been handed on in the same turn.
  await setImmediate();
  assert.deepEqual([chunks, isOver], [[], false]);
  controller?.resume();
  await until(() => isOver, { what: "the end of the answer" });
  assert.deepEqual(chunks, ["text"]);
});

test("a request that throws as a connection takes it spoils neither the body nor the connection: undici's part", async (t) => {
  const shop = new Shop(t);
  const stall = await shop.stall("a");
  const { port } = new URL(`http://127.0.0.1:${stall.peer.port}`);
  const agent = new Agent({ connections: 1 });
  shop.after(() => agent.destroy());
  const origin = `http://127.0.0.1:${port}`;
  await (await request(origin, { dispatcher: agent })).body.dump();
  const body = Readable.from(["kept"]);
  const errors: Error[] = [];
  agent.dispatch(
    { origin, path: "/", method: "POST", body },
    {
      onConnect: () => {
        throw new Error("not wanted any more");
      },
      onError: (error: Error) => void errors.push(error),
      onHeaders: () => true,
      onData: () => true,
      onComplete: () => {},
    },
  );
  await until(() => errors.length === 1, { what: "the error" });
  assert.match(String(errors[0]), /not wanted any more/);
  assert.equal(body.destroyed, false);
  await (await request(origin, { dispatcher: agent, method: "POST", body })).body.dump();
  assert.deepEqual([stall.connections(), stall.seen.length], [1, 2]);
});
