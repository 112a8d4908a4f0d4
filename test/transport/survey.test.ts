import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import { closeFully } from "../../lib/transport/closing.ts";
import { openRegistrarPort } from "../../lib/transport/registrar-port.ts";
import { makePublisher, makeRouter } from "../../lib/transport/sockets.ts";
import { during } from "../helpers/during.ts";
import { until } from "../helpers/until.ts";
import { bytes, Child, Client, freshEndpoints, PROTOCOLS, Registrar, WELCOME } from "./rig.ts";

for (const protocol of PROTOCOLS) {
  test(`${protocol}: a welcome comes first, messages go both ways`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const client = new Client(t);
    client.port.dial(registrar.port.endpoints.survey);
    client.send("hello");
    const route = await registrar.route("hello");
    assert.equal(Buffer.from(route, "latin1").length, 5);
    registrar.send(route, "reply");
    await until(() => client.received.length === 2, { what: "the reply" });
    assert.deepEqual(client.received, [WELCOME, "reply"]);
    assert.deepEqual(registrar.failures, []);
  });

  test(`${protocol}: the welcome is made when the roster is bound`, async (t) => {
    const endpoints = freshEndpoints(t, protocol);
    const registrar = await Registrar.open(t, {
      ...endpoints,
      welcome: (bound) => Buffer.from(`${WELCOME} ${bound.survey} ${bound.roster}`),
    });
    const client = new Client(t);
    client.port.dial(registrar.port.endpoints.survey);
    await until(() => client.received.length === 1, { what: "a welcome" });
    assert.equal(
      client.received[0],
      `${WELCOME} ${endpoints.survey} ${registrar.port.endpoints.roster}`,
    );
  });

  test(`${protocol}: the close of a client is seen within milliseconds`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const client = await new Client(t).dial(registrar.port.endpoints.survey);
    client.send("hello");
    const route = await registrar.route("hello");
    const before = performance.now();
    await client.port.close(0);
    await until(() => registrar.disconnected.length > 0, { what: "the disconnect" });
    assert.ok(performance.now() - before < 1000);
    assert.deepEqual(registrar.disconnected, [route]);
  });

  test(`${protocol}: a killed process is seen within milliseconds`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const child = await new Child(t, "talk", registrar.port.endpoints.survey, "mortal").says(
      "heard",
    );
    const route = await registrar.route("mortal");
    const before = performance.now();
    child.process.kill("SIGKILL");
    await until(() => registrar.disconnected.length > 0, { what: "the disconnect" });
    const took = performance.now() - before;
    t.diagnostic(`${took.toFixed(1)} ms`);
    assert.ok(took < 1000);
    assert.deepEqual(registrar.disconnected, [route]);
  });

  test(`${protocol}: without disconnect messages a closed client goes unnoticed`, async (t) => {
    const registrar = await Registrar.open(t, {
      ...freshEndpoints(t, protocol),
      disconnectMessages: false,
    });
    const gone = await new Client(t).dial(registrar.port.endpoints.survey);
    gone.send("hello");
    const route = await registrar.route("hello");
    await gone.port.close(0);
    await until(() => (registrar.send(route, "?"), registrar.unreachable.length > 0), {
      what: "unreachable",
    });
    assert.deepEqual(registrar.disconnected, []);
  });

  test(`${protocol}: a send to an unknown route is unreachable, and said later`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    registrar.send("\0nono", "hello");
    assert.deepEqual(registrar.unreachable, []);
    await until(() => registrar.unreachable.length > 0, { what: "unreachable" });
    assert.deepEqual(registrar.unreachable, ["\0nono"]);
  });

  test(`${protocol}: a client that does not read is congested while others are served`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const frozen = await new Child(t, "talk", registrar.port.endpoints.survey, "frozen").says(
      "heard",
    );
    const client = await new Client(t).dial(registrar.port.endpoints.survey);
    client.send("reader");
    const [bad, good] = [await registrar.route("frozen"), await registrar.route("reader")];
    frozen.process.kill("SIGSTOP");
    const block = Buffer.alloc(65_536, 1);
    await until(() => (registrar.port.send(bad, block), registrar.congested.length > 10), {
      what: "congestion",
    });
    const before = performance.now();
    registrar.send(good, "still here");
    await until(() => client.received.includes("still here"), { what: "service for the other" });
    assert.ok(performance.now() - before < 1000);
    assert.ok(registrar.congested.every((route) => route === bad));
    assert.deepEqual(registrar.unreachable, []);
    const closing = performance.now();
    await registrar.port.close();
    assert.ok(performance.now() - closing < 1000, "close does not wait for who does not read");
  });

  test(`${protocol}: a frozen client keeps its connection until it ends`, async (t) => {
    const registrar = await Registrar.open(t, {
      ...freshEndpoints(t, protocol),
      heartbeatTimeoutMs: 200,
    });
    const frozen = await new Child(t, "talk", registrar.port.endpoints.survey, "frozen").says(
      "heard",
    );
    const route = await registrar.route("frozen");
    frozen.process.kill("SIGSTOP");
    // Surveys judge it; the kernel answers for its path.
    await during(1000, () => assert.deepEqual(registrar.disconnected, []));
    frozen.process.kill("SIGKILL");
    await until(() => registrar.disconnected.length > 0, { what: "the disconnect" });
    assert.deepEqual(registrar.disconnected, [route]);
  });

  test(`${protocol}: an oversize frame closes its own connection only`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const good = await new Client(t).dial(registrar.port.endpoints.survey);
    good.send("good");
    const bad = await new Client(t).dial(registrar.port.endpoints.survey);
    bad.send("bad");
    const [goodRoute, badRoute] = [await registrar.route("good"), await registrar.route("bad")];
    good.port.send(Buffer.alloc(LIMITS.requestBytesMax, 0x61));
    bad.port.send(Buffer.alloc(LIMITS.requestBytesMax + 1));
    await until(() => registrar.disconnected.length > 0, { what: "the disconnect" });
    assert.deepEqual(registrar.disconnected, [badRoute]);
    await until(() => registrar.received.some((m) => m.text.length === LIMITS.requestBytesMax), {
      what: "the largest frame",
    });
    registrar.send(goodRoute, "still here");
    await until(() => good.received.includes("still here"), { what: "service for the other" });
    await until(() => bad.received.length === 3, { what: "the offender comes back" });
    assert.deepEqual(bad.received, [WELCOME, "(lost)", WELCOME]);
  });
}

test("a client cannot pass for the end of a connection, and strange messages do no harm", async (t) => {
  const registrar = await Registrar.open(t, {});
  const client = await new Client(t).dial(registrar.port.endpoints.survey);
  for (let length = 0; length <= 32; length += 1) client.port.send(Buffer.alloc(length));
  client.send("end");
  await registrar.route("end");
  assert.equal(registrar.received.length, 34);
  assert.deepEqual(registrar.disconnected, []);
});

test("a handler that throws costs its message only", async (t) => {
  const registrar = await Registrar.open(t, {});
  registrar.onReceived = (said) => {
    if (said === "bomb") throw new Error("boom");
  };
  const client = await new Client(t).dial(registrar.port.endpoints.survey);
  client.send("bomb");
  client.send("after");
  await registrar.route("after");
  assert.equal(registrar.failures.length, 1);
  assert.match(String(registrar.failures[0]), /boom/);
});

test("a client takes single frames only", async (t) => {
  const rogue = makeRouter({ heartbeatTimeoutMs: 10_000, ipv6: false });
  rogue.greet(bytes(WELCOME));
  await rogue.bind("tcp://127.0.0.1:0");
  const client = await new Client(t).dial(rogue.lastEndpoint ?? "");
  client.send("hello");
  const [route] = await rogue.receive();
  await rogue.send([route ?? "", "one", "two"]);
  await rogue.send([route ?? "", "single"]);
  await until(() => client.received.length > 1, { what: "the single frame" });
  assert.deepEqual(client.received, [WELCOME, "single"]);
  await closeFully(rogue, 0);
});

test("handlers of failed sends may throw", async (t) => {
  const failures: unknown[] = [];
  const boom = (): never => {
    throw new Error("boom");
  };
  const port = await openRegistrarPort(
    { ...freshEndpoints(t, "tcp"), welcome: () => bytes(WELCOME), heartbeatTimeoutMs: 30_000 },
    {
      received: boom,
      disconnected: boom,
      unreachable: boom,
      congested: boom,
      subscribed: boom,
      unsubscribed: boom,
      cleared: boom,
      failed: (error) => {
        failures.push(error);
        boom();
      },
    },
  );
  port.send("\0nono", bytes("hello"));
  await until(() => failures.length === 1, { what: "the failure" });
  await port.close();
});

/** Together with their sockets above the 1,023 that libzmq allows by default. */
const SIDE = 300;

test("two registrars and 600 clients, with 1204 sockets, do not mix in one process", async (t) => {
  const registrars = [
    await Registrar.open(t, {}),
    await Registrar.open(t, freshEndpoints(t, "ipc")),
  ];
  const clients = registrars.flatMap((registrar, side) =>
    Array.from({ length: SIDE }, (_, index) => {
      const client = new Client(t);
      client.port.dial(registrar.port.endpoints.survey);
      client.port.subscribe(`side ${side}`);
      client.port.follow(registrar.port.endpoints.roster);
      client.send(`${side} ${index}`);
      return client;
    }),
  );
  await until(
    () => registrars.every((r) => r.received.length === SIDE && r.subscriptions.length === SIDE),
    {
      what: "everybody is here",
    },
  );
  for (const [side, registrar] of registrars.entries()) {
    assert.ok(registrar.received.every((message) => message.text.startsWith(`${side} `)));
    assert.equal(new Set(registrar.received.map((message) => message.route)).size, SIDE);
    for (const { route, text } of registrar.received) registrar.send(route, `you are ${text}`);
    registrar.publish(`side ${side}`, "news");
  }
  await until(() => clients.every((c) => c.received.length === 2 && c.published.length === 1), {
    what: "everybody is served",
  });
  for (const [index, client] of clients.entries()) {
    const side = index < SIDE ? 0 : 1;
    assert.deepEqual(client.received, [WELCOME, `you are ${side} ${index % SIDE}`]);
    assert.deepEqual(client.published, [[`side ${side}`, "news"]]);
  }
});

test("dead paths are noticed by TCP alone, in bounds that the kernel takes", () => {
  // With heartbeats libzmq 4.3.5 can end the process, see `sockets.ts`.
  for (const heartbeatTimeoutMs of [600, 30_000, 400_000_000]) {
    for (const make of [makeRouter, makePublisher]) {
      const socket = make({ heartbeatTimeoutMs, ipv6: false });
      assert.equal(socket.heartbeatInterval, 0);
      assert.equal(socket.tcpKeepalive, 1);
      assert.ok(socket.tcpKeepaliveIdle >= 1 && socket.tcpKeepaliveIdle <= 32_767);
      assert.ok(socket.tcpKeepaliveInterval >= 1 && socket.tcpKeepaliveInterval <= 32_767);
      assert.equal(socket.tcpMaxRetransmitTimeout, heartbeatTimeoutMs);
      socket.close();
    }
  }
});
