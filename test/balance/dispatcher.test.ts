import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import { fetch as undiciFetch, interceptors, request } from "undici";
import type { Dispatcher } from "undici";
import { openDispatcher } from "../../lib/balance/index.ts";
import type { DispatcherOptions, RollcallDispatcher } from "../../lib/balance/index.ts";
import { code, Rig } from "../helpers/rig.ts";
import { runNode } from "../helpers/program.ts";
import { until } from "../helpers/until.ts";
import { echo, Shop } from "./shop.ts";
import type { Serve } from "./shop.ts";

const URL_OF_ORDERS = "http://orders.rollcall/path?q=1";

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

interface Told {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

/** Every way to use a dispatcher: the two `fetch`, and `request`, whose handlers differ. */
const CLIENTS: Readonly<Record<string, (dispatcher: Dispatcher, asked?: Asked) => Promise<Told>>> =
  {
    "the fetch of Node": async (dispatcher, asked = {}) => {
      // The types of Node are those of another version of undici; the objects fit.
      const init = { ...asked, dispatcher } as unknown as RequestInit;
      const response = await fetch(URL_OF_ORDERS, init);
      const { status, headers } = response;
      return { status, text: await response.text(), cookies: headers.getSetCookie() };
    },
    "the fetch of undici": async (dispatcher, asked = {}) => {
      const response = await undiciFetch(URL_OF_ORDERS, { ...asked, dispatcher });
      const { status, headers } = response;
      return { status, text: await response.text(), cookies: headers.getSetCookie() };
    },
    "the request of undici": async (dispatcher, asked = {}) => {
      const { method = "GET", body = null, signal = null } = asked;
      const response = await request(URL_OF_ORDERS, { method, body, signal, dispatcher });
      const text = await response.body.text();
      return { status: response.statusCode, text, cookies: cookiesOf(response) };
    },
    "the request of undici with an interceptor": async (dispatcher, asked = {}) => {
      const { method = "GET", body = null, signal = null } = asked;
      const composed = dispatcher.compose(interceptors.redirect({ maxRedirections: 1 }));
      const response = await request(URL_OF_ORDERS, { method, body, signal, dispatcher: composed });
      const text = await response.body.text();
      return { status: response.statusCode, text, cookies: cookiesOf(response) };
    },
  };

function cookiesOf(response: Dispatcher.ResponseData): readonly string[] {
  return [response.headers["set-cookie"] ?? []].flat();
}

/** The code of what went wrong, under what `fetch` says. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => assert.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  const { code: own, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return String(typeof own === "string" ? own : cause?.code);
}

const cut: Serve = (request) => void request.socket.destroy();
const never: Serve = () => {};

for (const [client, ask] of Object.entries(CLIENTS)) {
  test(`${client} reaches the peers of a service by its name`, async (t) => {
    const shop = new Shop(t);
    const [a, b] = [await shop.stall("a"), await shop.stall("b")];
    shop.list(a, b);
    const dispatcher = await shop.open();
    const texts: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const told = await ask(dispatcher);
      assert.deepEqual([told.status, told.cookies], [200, ["a=1", "b=2"]]);
      texts.push(told.text);
    }
    const [fromA, fromB] = ["a orders.rollcall GET", "b orders.rollcall GET"];
    assert.deepEqual(texts, [fromA, fromB, fromA, fromB]);
    const posted = await ask(dispatcher, { method: "POST", body: "two apples" });
    assert.equal(posted.text, "a orders.rollcall POST two apples");
    assert.deepEqual(a.seen.at(-1), "POST /path?q=1");
    const report = dispatcher.balancer("orders")?.report() ?? [];
    assert.deepEqual(
      report.map(({ pending }) => pending),
      [0, 0],
    );
    assert.ok(report.every(({ latencyMs }) => latencyMs > 0));
  });

  test(`${client}: what was refused goes elsewhere, whatever the method`, async (t) => {
    const shop = new Shop(t);
    const ruins = [await shop.ruin("a"), await shop.ruin("b"), await shop.ruin("c")];
    shop.list(...ruins, await shop.stall("d"));
    const dispatcher = await shop.open({ retry: false });
    for (const asked of [{}, { method: "POST", body: "one" }, { method: "PUT", body: "one" }]) {
      assert.match((await ask(dispatcher, asked)).text, /^d /);
    }
  });

  test(`${client}: a broken GET goes elsewhere, a broken POST does not`, async (t) => {
    const shop = new Shop(t);
    const [a, b] = [await shop.stall("a", cut), await shop.stall("b")];
    shop.list(a, b);
    const dispatcher = await shop.open();
    assert.match((await ask(dispatcher)).text, /^b /);
    shop.list(a);
    shop.list(a, b);
    const codes: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const asked = ask(dispatcher, { method: "POST", body: "one" });
      codes.push(
        await asked.then(
          ({ text }) => text.slice(0, 1),
          () => "failed",
        ),
      );
    }
    assert.deepEqual(codes.toSorted(), ["b", "failed"]);
    assert.equal(a.seen.filter((line) => line.startsWith("POST")).length, 1);
  });

  test(`${client}: a caller can give up while it waits and while it is served`, async (t) => {
    const shop = new Shop(t);
    const dispatcher = await shop.open({ waitMs: 60_000 });
    const waiting = new AbortController();
    const first = failureOf(ask(dispatcher, { signal: waiting.signal }));
    setImmediate(() => waiting.abort());
    await first;
    const a = await shop.stall("a", never);
    shop.list(a);
    const served = new AbortController();
    const second = failureOf(ask(dispatcher, { signal: served.signal }));
    await until(() => a.seen.length === 1, { what: "the request arrives" });
    served.abort();
    await second;
    const pending = (): number | undefined => dispatcher.balancer("orders")?.report()[0]?.pending;
    await until(() => pending() === 0, { what: "its work is over" });
    assert.equal(dispatcher.balancer("orders")?.report()[0]?.failures, 0);
  });

  test(`${client}: nobody there is told with a code, after waiting`, async (t) => {
    const shop = new Shop(t);
    const dispatcher = await shop.open({ waitMs: 60 });
    const startMs = performance.now();
    assert.equal(await failureOf(ask(dispatcher)), "ERR_NO_PEER");
    assert.ok(performance.now() - startMs >= 59);
    const asked = ask(await shop.open({ waitMs: 60_000 }));
    shop.list(await shop.stall("late"));
    assert.match((await asked).text, /^late /);
  });

  test(`${client}: a large body arrives whole, and slowly read`, async (t) => {
    const shop = new Shop(t);
    const text = "0123456789".repeat(400_000);
    shop.list(await shop.stall("a", (_request, response) => response.end(text)));
    const dispatcher = await shop.open();
    assert.equal((await ask(dispatcher)).text, text);
  });
}

test("a list that came while the process stood still is heeded before a request gives up", async (t) => {
  const shop = new Shop(t);
  const stall = await shop.stall("a");
  const dispatcher = await shop.open({ waitMs: 150 });
  const answer = request("http://orders.rollcall/", { dispatcher });
  // It waits now. The time is over when the loop goes on, and only then the list is read.
  await new Promise(setImmediate);
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs);
  setTimeout(() => shop.list(stall), 20);
  assert.equal((await answer).statusCode, 200);
  shop.list();
  await assert.rejects(request("http://orders.rollcall/", { dispatcher }), code("ERR_NO_PEER"));
});

test("a stream goes elsewhere after a refusal, but not once it has been read", async (t) => {
  const shop = new Shop(t);
  const [ruin, cutting, good] = [
    await shop.ruin("a"),
    await shop.stall("b", cut),
    await shop.stall("c"),
  ];
  shop.list(ruin, good);
  const dispatcher = await shop.open();
  const put = (): Promise<Dispatcher.ResponseData> =>
    request(URL_OF_ORDERS, { method: "PUT", body: Readable.from(["one ", "two"]), dispatcher });
  assert.equal(await (await put()).body.text(), "c orders.rollcall PUT one two");
  shop.list(cutting, good);
  await failureOf(put());
  assert.deepEqual([cutting.seen.length, good.seen.length], [1, 1]);
});

test("a text of PUT is sent again after a broken connection", async (t) => {
  const shop = new Shop(t);
  shop.list(await shop.stall("a", cut), await shop.stall("b"));
  const dispatcher = await shop.open();
  const { body } = await request(URL_OF_ORDERS, { method: "PUT", body: "one", dispatcher });
  assert.equal(await body.text(), "b orders.rollcall PUT one");
});

test("retries end with their number and with the budget", async (t) => {
  const shop = new Shop(t);
  const stalls = await Promise.all(["a", "b", "c", "d"].map((id) => shop.stall(id, cut)));
  shop.list(...stalls);
  const seen = (): number => stalls.reduce((sum, stall) => sum + stall.seen.length, 0);
  const attemptsOf = async (retry: DispatcherOptions["retry"]): Promise<number> => {
    const before = seen();
    const dispatcher = await shop.open({ retry, balancer: { ejection: false } });
    await failureOf(request(URL_OF_ORDERS, { dispatcher }));
    return seen() - before;
  };
  assert.equal(await attemptsOf({}), 3);
  assert.equal(await attemptsOf({ max: 1 }), 2);
  assert.equal(await attemptsOf(false), 1);
  assert.equal(await attemptsOf({ ratio: 0, minPerSecond: 0 }), 1);
});

test("an answer that has begun is not repeated", async (t) => {
  const shop = new Shop(t);
  const halved: Serve = (_request, response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("half", () => setImmediate(() => response.destroy()));
  };
  const [a, b] = [await shop.stall("a", halved), await shop.stall("b")];
  shop.list(a, b);
  const dispatcher = await shop.open();
  const { body } = await request(URL_OF_ORDERS, { dispatcher });
  await assert.rejects(body.text());
  assert.deepEqual([a.seen.length, b.seen.length], [1, 0]);
  assert.equal(dispatcher.balancer("orders")?.report()[0]?.failures, 1);
});

test("502, 503 and 504 count against a peer, 500 and 404 do not", async (t) => {
  const shop = new Shop(t);
  const statuses = [404, 500, 502, 503, 504];
  let at = 0;
  shop.list(
    await shop.stall("a", (_request, response) => {
      response.statusCode = statuses[at] ?? 200;
      at += 1;
      response.end();
    }),
  );
  const dispatcher = await shop.open();
  const failures: (number | undefined)[] = [];
  for (const status of statuses) {
    const { statusCode, body } = await request(URL_OF_ORDERS, { dispatcher });
    await body.dump();
    assert.equal(statusCode, status);
    failures.push(dispatcher.balancer("orders")?.report()[0]?.failures);
  }
  assert.deepEqual(failures, [0, 0, 1, 2, 3]);
});

test("a peer that leaves finishes what it has, gets nothing new, and its connections close", async (t) => {
  const shop = new Shop(t);
  let finish: () => void = () => {};
  const slow: Serve = (request, response, body) => {
    finish = () => echo(request, response, body);
  };
  const [a, b] = [await shop.stall("a", slow), await shop.stall("b")];
  shop.list(a);
  const dispatcher = await shop.open();
  const begun = request(URL_OF_ORDERS, { dispatcher });
  await until(() => a.seen.length === 1, { what: "the request arrives" });
  shop.list(b);
  for (let n = 0; n < 3; n += 1) {
    assert.match(await (await request(URL_OF_ORDERS, { dispatcher })).body.text(), /^b /);
  }
  finish();
  assert.match(await (await begun).body.text(), /^a /);
  await until(() => a.connections() === 0, { what: "its connections are closed" });
  assert.equal(a.seen.length, 1);
});

test("a peer that its list shows as draining gets nothing new, and its connections close", async (t) => {
  const shop = new Shop(t);
  const [a, b] = [await shop.stall("a"), await shop.stall("b")];
  const dispatcher = await shop.open();
  const whoAnswers = async (): Promise<string> =>
    (await request(URL_OF_ORDERS, { dispatcher })).body.text();
  shop.list(a);
  assert.match(await whoAnswers(), /^a /);
  shop.peers$.next([{ ...a.peer, status: "draining" }, b.peer]);
  for (let n = 0; n < 3; n += 1) assert.match(await whoAnswers(), /^b /);
  await until(() => a.connections() === 0, { what: "its connections are closed" });
});

test("what may be repeated leaves a peer that is judged lost; the rest stays with it", async (t) => {
  const shop = new Shop(t);
  const answers: (() => void)[] = [];
  const frozen: Serve = (request, response, body) => {
    answers.push(() => echo(request, response, body));
  };
  const [a, b] = [await shop.stall("a", frozen), await shop.stall("b")];
  shop.list(a);
  const dispatcher = await shop.open();
  const got = request(URL_OF_ORDERS, { dispatcher });
  const posted = request(URL_OF_ORDERS, { method: "POST", body: "one", dispatcher });
  await until(() => answers.length === 2, { what: "both requests arrive" });
  shop.lose(a, b);
  assert.match(await (await got).body.text(), /^b /);
  for (const answer of answers) answer();
  assert.match(await (await posted).body.text(), /^a /);
});

test("a restart on another port is another pool, and the same port serves again", async (t) => {
  const shop = new Shop(t);
  const a = await shop.stall("a");
  const dispatcher = await shop.open();
  for (const instance of ["one", "two", "three"]) {
    shop.peers$.next([{ ...a.peer, instance }]);
    const { body } = await request(URL_OF_ORDERS, { dispatcher });
    assert.match(await body.text(), /^a /);
  }
  await until(() => a.connections() === 1, { what: "old connections are closed" });
});

test("an upgraded connection is pending work until it closes", async (t) => {
  const shop = new Shop(t);
  shop.list(await shop.stall("a"));
  const dispatcher = await shop.open();
  const origin = "http://orders.rollcall";
  const upgrade = { origin, path: "/", protocol: "test" } as Dispatcher.UpgradeOptions;
  const { socket } = await dispatcher.upgrade(upgrade);
  const pending = (): number | undefined => dispatcher.balancer("orders")?.report()[0]?.pending;
  assert.equal(pending(), 1);
  const closed = once(socket, "close");
  socket.end("over");
  socket.resume();
  await closed;
  await until(() => pending() === 0, { what: "its work is over" });
});

test("other URLs go where they lead; our names have no ports", async (t) => {
  const shop = new Shop(t);
  const a = await shop.stall("a");
  const dispatcher = await shop.open();
  const { body } = await request(`http://127.0.0.1:${a.peer.port}/`, { dispatcher });
  assert.match(await body.text(), /^a 127/);
  const withPort = request("http://orders.rollcall:8080/", { dispatcher });
  assert.equal(await failureOf(withPort), "ERR_OPTION");
});

test("a caller's own mistake is its own, and blames no peer", async (t) => {
  const shop = new Shop(t);
  const a = await shop.stall("a");
  shop.list(a, await shop.stall("b"));
  const dispatcher = await shop.open();
  const wrong = request(URL_OF_ORDERS, { dispatcher, headers: { "a b": "c" } });
  assert.equal(await failureOf(wrong), "UND_ERR_INVALID_ARG");
  const report = dispatcher.balancer("orders")?.report() ?? [];
  assert.deepEqual(
    report.map(({ failures, pending }) => failures + pending),
    [0, 0],
  );
});

test("a host header that is given stays, in each form of headers", async (t) => {
  const shop = new Shop(t);
  shop.list(await shop.stall("a"));
  const dispatcher = await shop.open();
  const textOf = async (headers: Dispatcher.RequestOptions["headers"]): Promise<string> =>
    (await request(URL_OF_ORDERS, { dispatcher, headers: headers ?? null })).body.text();
  assert.match(await textOf({ Host: "mine" }), /^a mine /);
  assert.match(await textOf(["x-a", "1", "HOST", "mine"]), /^a mine /);
  assert.match(await textOf(new Map([["host", "mine"]])), /^a mine /);
  assert.match(await textOf(["x-a", "host"]), /^a orders.rollcall /);
  assert.match(await textOf(new Map([["x-a", "1"]])), /^a orders.rollcall /);
});

test("close lets requests finish, destroy does not; both can be repeated", async (t) => {
  const shop = new Shop(t);
  const answers: (() => void)[] = [];
  const a = await shop.stall("a", (request, response, body) => {
    answers.push(() => echo(request, response, body));
  });
  shop.list(a);
  const arrived = async (dispatcher: RollcallDispatcher): Promise<Dispatcher.ResponseData> => {
    const before = answers.length;
    const asked = request(URL_OF_ORDERS, { dispatcher });
    await until(() => answers.length > before, { what: "the request arrives" });
    return asked;
  };
  const closing = await shop.open();
  const first = arrived(closing);
  await until(() => answers.length === 1, { what: "the first arrives" });
  const closed = closing.close();
  assert.equal(await failureOf(request(URL_OF_ORDERS, { dispatcher: closing })), "ERR_CLOSED");
  answers[0]?.();
  assert.match(await (await first).body.text(), /^a /);
  await closed;
  await closing.close();
  const destroying = await shop.open();
  const second = failureOf(arrived(destroying));
  await until(() => answers.length === 2, { what: "the second arrives" });
  await destroying.destroy();
  await second;
  await destroying.destroy();
});

test("wrong options are refused before anything is opened", async () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ registra: "x" }, /registra/],
    [{ waitMs: -1 }, /waitMs is -1/],
    [{ suffix: "rollcall" }, /suffix is "rollcall"/],
    [{ retry: { max: 11 } }, /retry.max is 11/],
    [{ retry: { maxi: 1 } }, /retry has no option "maxi"/],
    [{ keyOf: "path" }, /keyOf is no function/],
    [{ registrar: "tcp://127.0.0.1:1", watcher: {} }, /watcher and registrar/],
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(openDispatcher(options as DispatcherOptions), message);
  }
});

test("a key keeps requests on one peer", async (t) => {
  const shop = new Shop(t);
  shop.list(await shop.stall("a"), await shop.stall("b"), await shop.stall("c"));
  const dispatcher = await shop.open({ balancer: { strategy: "hash" }, keyOf: ({ path }) => path });
  const served = async (path: string): Promise<string> =>
    (await request(`http://orders.rollcall${path}`, { dispatcher })).body.text();
  const paths = Array.from({ length: 12 }, (_, at) => `/${at}`);
  const once = await Promise.all(paths.map(served));
  assert.deepEqual(await Promise.all(paths.map(served)), once);
  assert.ok(new Set(once).size > 1);
});

test("one watch connection carries all services of a real registrar", async (t) => {
  const shop = new Shop(t);
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const [a, b] = [await shop.stall("a"), await shop.stall("b")];
  const dispatcher = await openDispatcher({
    registrar: registrar.endpoints.survey,
    waitMs: 10_000,
  });
  shop.after(() => dispatcher.close());
  const textOf = async (service: string): Promise<string> =>
    (await request(`http://${service}.rollcall/`, { dispatcher })).body.text();
  const early = textOf("orders");
  const address = "127.0.0.1";
  await rig.join(registrar, { service: "orders", id: "a", address, port: a.peer.port });
  const other = await rig.join(registrar, {
    service: "users",
    id: "b",
    address,
    port: b.peer.port,
  });
  assert.match(await early, /^a orders.rollcall /);
  assert.match(await textOf("users"), /^b users.rollcall /);
  // Members count apart: the dispatcher is one consumer, whatever it was asked for.
  assert.equal(registrar.counters.consumers, 1);
  await other.leave();
  await until(() => dispatcher.balancer("users")?.peers.length === 0, { what: "it has left" });
});

test("without undici it says what to install, and balancers work", async () => {
  const hook = `export async function resolve(name, context, next) {
    if (name === "undici") {
      throw Object.assign(new Error("Cannot find package 'undici' imported from here"), { code: "ERR_MODULE_NOT_FOUND" });
    }
    return next(name, context);
  }`;
  const program = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hook)}));
    const { balancer, openDispatcher } = await import("./lib/balance/index.ts");
    const { of } = await import("rxjs");
    const peer = { id: "a", instance: "1", service: "s", weight: 1, joinedAt: 0, standing: "alive" };
    console.log(balancer(of([peer])).pick().peer.id);
    await openDispatcher({}).catch((error) => console.log(error.code, error.message));
  `;
  const { stdout, stderr } = await runNode([
    "--import",
    "tsx",
    "--input-type=module",
    "--eval",
    program,
  ]);
  assert.match(stdout, /^a\nERR_NEEDS_PACKAGE .*npm install undici@7\n$/, stderr);
});

test("an aborted signal closes the dispatcher", async (t) => {
  const shop = new Shop(t);
  const controller = new AbortController();
  const dispatcher = await shop.open({ signal: controller.signal });
  controller.abort();
  assert.equal(await failureOf(request(URL_OF_ORDERS, { dispatcher })), "ERR_CLOSED");
});
