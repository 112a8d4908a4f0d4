import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { until } from "../helpers/until.ts";
import { DelayingProxy, PROMPT } from "./delaying-proxy.ts";

const HOST = "127.0.0.1";

test("delays each direction by itself, loses nothing and keeps the order", async (t) => {
  const server = createServer((socket) => void socket.on("error", () => {}).pipe(socket));
  server.listen(0, HOST);
  await once(server, "listening");
  const proxy = new DelayingProxy();
  t.after(() => Promise.all([proxy.close(), new Promise((done) => server.close(done))]));
  const { port: targetPort } = server.address() as AddressInfo;
  const port = await proxy.listen({ host: HOST, port: 0, target: HOST, targetPort });
  const client = connect({ host: HOST, port, noDelay: true });
  t.after(() => client.destroy());
  let echoed = "";
  client.setEncoding("utf8").on("data", (text: string) => (echoed += text));
  await once(client, "connect");

  const roundTrip = async (text: string): Promise<number> => {
    const startedMs = performance.now();
    const expected = echoed + text;
    client.write(text);
    await until(() => echoed === expected, { what: `${text} comes back` });
    return performance.now() - startedMs;
  };
  await roundTrip("a");
  proxy.delays = { up: { delayMs: 80, jitterMs: 0 }, down: { delayMs: 40, jitterMs: 0 } };
  // Timers of Node may fire a millisecond early.
  assert.ok((await roundTrip("b")) >= 118);
  proxy.delays = { up: { delayMs: 0, jitterMs: 30 }, down: PROMPT.down };
  const many = Array.from({ length: 200 }, (_, at) => `${at},`);
  const before = echoed;
  for (const piece of many) {
    client.write(piece);
    await new Promise((done) => setImmediate(done));
  }
  await until(() => echoed.length === before.length + many.join("").length, {
    what: "all is back",
  });
  assert.equal(echoed, before + many.join(""));
});

test("an end of one side reaches the other", async (t) => {
  const server = createServer((socket) => void socket.on("error", () => {}));
  server.listen(0, HOST);
  await once(server, "listening");
  const proxy = new DelayingProxy();
  t.after(() => Promise.all([proxy.close(), new Promise((done) => server.close(done))]));
  const { port: targetPort } = server.address() as AddressInfo;
  const port = await proxy.listen({ host: HOST, port: 0, target: HOST, targetPort });
  const accepted = once(server, "connection");
  const client = connect({ host: HOST, port });
  const [socket] = (await accepted) as [Socket];
  const closed = once(socket.resume(), "close");
  client.destroy();
  await closed;
});
