import assert from "node:assert/strict";
import { test } from "node:test";
import { queryObjects } from "node:v8";
import { XSubscriber } from "zeromq";
import { LIMITS } from "../../lib/core/limits.ts";
import { closeFully } from "../../lib/transport/closing.ts";
import { sharedContext } from "../../lib/transport/context.ts";
import { until } from "../helpers/until.ts";
import { bytes, Child, Client, freshEndpoints, PROTOCOLS, Registrar } from "./rig.ts";

for (const protocol of PROTOCOLS) {
  test(`${protocol}: each subscription of each subscriber is seen, and each end of one`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const seen = (count: number): Promise<void> =>
      until(() => registrar.subscriptions.length === count, {
        what: `${count} subscriptions and ends`,
      });
    const [one, two] = [new Client(t), new Client(t)];
    one.port.subscribe("shared\0");
    one.port.subscribe("shared\0");
    for (const client of [one, two]) client.port.follow(registrar.port.endpoints.roster);
    await seen(1);
    two.port.subscribe("shared\0");
    await seen(2);
    one.port.subscribe("shared\0");
    one.port.unsubscribe("shared\0");
    one.port.unsubscribe("unknown");
    await seen(3);
    await two.port.close(0);
    await seen(4);
    assert.deepEqual(registrar.subscriptions, ["+shared\0", "+shared\0", "-shared\0", "-shared\0"]);
  });

  test(`${protocol}: the subscriptions of a killed process end`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const child = new Child(t, "follow", registrar.port.endpoints.roster, "topic");
    await until(() => registrar.subscriptions.length === 1, {
      deadlineMs: 30_000,
      what: "the subscription",
    });
    const before = performance.now();
    child.process.kill("SIGKILL");
    await until(() => registrar.subscriptions.length === 2, {
      what: "the end of the subscription",
    });
    assert.ok(performance.now() - before < 1000);
    assert.deepEqual(registrar.subscriptions, ["+topic", "-topic"]);
  });

  test(`${protocol}: topics are prefixes, and frames arrive as they were published`, async (t) => {
    const registrar = await Registrar.open(t, freshEndpoints(t, protocol));
    const exact = new Client(t);
    const prefix = new Client(t);
    exact.port.subscribe("cache\0");
    prefix.port.subscribe("cache");
    for (const client of [exact, prefix]) client.port.follow(registrar.port.endpoints.roster);
    await until(() => registrar.subscriptions.length === 2, { what: "both subscriptions" });
    registrar.publish("cache\0", "head", "", "page");
    registrar.publish("cache2\0", "head");
    registrar.publish("other\0", "head");
    registrar.port.publish([]);
    registrar.publish("cache\0", "end");
    await until(() => exact.published.length === 2 && prefix.published.length === 3, {
      what: "the messages",
    });
    assert.deepEqual(exact.published, [
      ["cache\0", "head", "", "page"],
      ["cache\0", "end"],
    ]);
    assert.deepEqual(prefix.published[1], ["cache2\0", "head"]);
    assert.deepEqual(registrar.failures, []);
  });

  test(`${protocol}: subscriptions stay when another roster is followed`, async (t) => {
    const registrars = [
      await Registrar.open(t, freshEndpoints(t, protocol)),
      await Registrar.open(t, freshEndpoints(t, protocol)),
    ] as const;
    const client = new Client(t);
    client.port.subscribe("a");
    client.port.follow(registrars[0].port.endpoints.roster);
    await until(() => registrars[0].subscriptions.length === 1, { what: "the subscription" });
    client.port.follow(registrars[1].port.endpoints.roster);
    client.port.subscribe("b");
    await until(() => registrars[1].subscriptions.length === 2, {
      what: "the subscriptions, again",
    });
    await until(() => registrars[0].subscriptions.length === 2, { what: "the end of the first" });
    client.port.unfollow();
    await until(() => registrars[1].subscriptions.length === 4, { what: "the end of the second" });
    assert.deepEqual(registrars[0].subscriptions, ["+a", "-a"]);
    assert.deepEqual(registrars[1].subscriptions.slice(0, 2).sort(), ["+a", "+b"]);
  });
}

test("a publication of the largest frames arrives whole", async (t) => {
  const registrar = await Registrar.open(t, {});
  const client = new Client(t);
  client.port.subscribe("big");
  client.port.follow(registrar.port.endpoints.roster);
  await until(() => registrar.subscriptions.length === 1, { what: "the subscription" });
  const page = "x".repeat(LIMITS.frameBytesMax);
  registrar.publish("big", page, page, page);
  await until(() => client.published.length === 1, { what: "the publication" });
  assert.deepEqual(
    client.published[0]?.map((frame) => frame.length),
    [3, page.length, page.length, page.length],
  );
});

test("bytes of subscribers that are no subscriptions are counted and not reported", async (t) => {
  const registrar = await Registrar.open(t, {});
  const rogue = new XSubscriber({ context: sharedContext(), linger: 1000 });
  rogue.connect(registrar.port.endpoints.roster);
  await rogue.send("");
  await rogue.send(bytes("\u0002message"));
  await rogue.send(Buffer.from([1, 0xff, 0xfe]));
  await rogue.send([bytes("\u0001first"), bytes("\u0001second")]);
  await rogue.send(bytes("\u0001\ufeffmarked"));
  await until(() => registrar.subscriptions.length === 3, { what: "the subscriptions" });
  assert.deepEqual(registrar.subscriptions, ["+first", "+second", "+\ufeffmarked"]);
  await closeFully(rogue, 0);
  await until(() => registrar.subscriptions.length === 6, {
    what: "the ends of the subscriptions",
  });
  assert.deepEqual(
    registrar.subscriptions.slice(3).sort(),
    ["-first", "-second", "-\ufeffmarked"].sort(),
  );
  assert.equal(registrar.port.ignored, 4, "three messages and the end of an odd subscription");
  assert.deepEqual(registrar.failures, []);
});

test("a subscriber that sends an oversize frame is cut off alone", async (t) => {
  const registrar = await Registrar.open(t, {});
  const client = new Client(t);
  client.port.subscribe("news");
  client.port.follow(registrar.port.endpoints.roster);
  const rogue = new XSubscriber({ context: sharedContext(), linger: 0, reconnectInterval: -1 });
  rogue.connect(registrar.port.endpoints.roster);
  await rogue.send(bytes("\u0001rogue"));
  await until(() => registrar.subscriptions.length === 2, { what: "both subscriptions" });
  await rogue.send(Buffer.alloc(1025, 1));
  await until(() => registrar.subscriptions.includes("-rogue"), { what: "the end of the rogue" });
  registrar.publish("news", "still here");
  await until(() => client.published.length === 1, { what: "the publication" });
  await closeFully(rogue, 0);
});

test("one who subscribes to too much is cut off with all others, and those come back", async (t) => {
  const registrar = await Registrar.open(t, { topicsMax: 1000 });
  const client = new Client(t);
  client.port.subscribe("news");
  client.port.follow(registrar.port.endpoints.roster);
  await until(() => registrar.subscriptions.length === 1, { what: "the subscription" });
  for (const [round, length] of [8, 500].entries()) {
    const rogue = new XSubscriber({ context: sharedContext(), linger: 0, reconnectInterval: -1 });
    rogue.connect(registrar.port.endpoints.roster);
    const topics = Array.from({ length: 1001 }, (_, at) => `${at}`.padStart(length, "x"));
    for (const topic of topics) await rogue.send(bytes(`\u0001${topic}`));
    await until(() => registrar.port.overflows === round + 1, { what: "it is too much" });
    const cleared = (): number =>
      registrar.subscriptions.filter((topic) => topic === "cleared").length;
    await until(() => cleared() === round + 1, { what: "all is over" });
    await until(() => registrar.subscriptions.at(-1) === "+news", { what: "the other is back" });
    registrar.publish("news", `still here ${round}`);
    await until(() => client.published.length === round + 1, { what: "the publication" });
    await closeFully(rogue, 0);
  }
  assert.deepEqual(registrar.failures, []);
  const closing = performance.now();
  await registrar.port.close();
  assert.ok(performance.now() - closing < 900, "closing waits for no pause");
});

test("while the roster waits to be bound again, closing ends the wait", async (t) => {
  const registrar = await Registrar.open(t, { topicsMax: 10 });
  // It comes back with all that it wants, because it reads.
  const rogue = new XSubscriber({ context: sharedContext(), linger: 0, reconnectInterval: 10 });
  const reading = rogue.receive().catch(() => undefined);
  rogue.connect(registrar.port.endpoints.roster);
  for (let at = 0; at < 11; at += 1) await rogue.send(bytes(`\u0001${at}`));
  await until(() => registrar.port.overflows === 2, { what: "it is too much, twice" });
  const startMs = performance.now();
  await registrar.port.close();
  assert.ok(performance.now() - startMs < 700, `${performance.now() - startMs} ms`);
  await closeFully(rogue, 0);
  await reading;
});

test("a roster that was renewed left promises behind that never settled", async (t) => {
  const registrar = await Registrar.open(t, {});
  const renew = async (): Promise<number> => {
    for (let at = 0; at < 100; at += 1) await registrar.port.renewRoster();
    return queryObjects(Promise, { format: "count" });
  };
  const before = await renew();
  const more = (await renew()) - before;
  assert.ok(more < 50, `${more} more after 100 renewals`);
});
