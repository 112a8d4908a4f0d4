import assert from "node:assert/strict";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import type { ChannelOptions, ServiceError } from "@grpc/grpc-js";
import { map, pipe } from "rxjs";
import { registerRollcallResolver } from "../../lib/grpc/index.ts";
import type { GrpcResolver, GrpcResolverOptions } from "../../lib/grpc/index.ts";
import type { Member, Registrar } from "../../lib/index.ts";
import { peersOf } from "../../lib/operators/peers-of.ts";
import { Child } from "../e2e/child.ts";
import { code, QUICK, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Caller, ROUND_ROBIN, startGreeter } from "./greeter.ts";

/** A rig with gRPC servers, clients and a scheme. */
class GrpcRig extends Rig {
  readonly #servers = new Map<string, () => void>();

  /** A server that is a member. */
  async serve(registrar: Registrar, id: string, weight = 1): Promise<Member> {
    const greeter = await startGreeter(id);
    this.after(() => greeter.close());
    this.#servers.set(id, () => greeter.close());
    return this.join(registrar, { service: "orders", id, port: greeter.port, weight });
  }

  /** Ends the server of a member that has left. */
  shut(id: string): void {
    this.#servers.get(id)?.();
  }

  resolver(registrar: Registrar | string, options: GrpcResolverOptions = {}): GrpcResolver {
    const survey = typeof registrar === "string" ? registrar : registrar.endpoints.survey;
    const resolver = registerRollcallResolver({ registrar: survey, logger: false, ...options });
    this.after(() => resolver.close());
    return resolver;
  }

  caller(target: string, options?: ChannelOptions): Caller {
    const caller = new Caller(target, options);
    this.after(() => caller.close());
    return caller;
  }
}

async function failure(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("the call went well");
}

function nameOrError(caller: Caller): Promise<string> {
  return caller.call().catch(({ details }: ServiceError) => details);
}

/** So many calls reach these and nobody else, sooner or later. */
async function reaches(caller: Caller, ...names: readonly string[]): Promise<void> {
  await until(async () => (await caller.calls(names.length)) === names.join(" "), {
    what: `calls reach ${names.join(" and ")} in turn`,
  });
}

test("round_robin follows those who join, leave and are killed", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  rig.resolver(registrar);
  await rig.serve(registrar, "a");
  const b = await rig.serve(registrar, "b");
  const caller = rig.caller("rollcall:///orders", ROUND_ROBIN);
  await reaches(caller, "a", "b");

  await rig.serve(registrar, "c");
  await reaches(caller, "a", "b", "c");

  await b.leave({ deadlineMs: 2000 });
  await reaches(caller, "a", "c");

  const setup = { registrar: registrar.endpoints.survey, service: "orders", id: "d" };
  const child = await Child.start(rig, "../grpc/server", setup);
  await reaches(caller, "a", "c", "d");
  child.kill();
  await until(
    () =>
      registrar
        .view("orders")
        .peers.every(({ id, standing }) => id !== "d" || standing !== "alive"),
    {
      what: "d is no longer alive",
    },
  );
  await reaches(caller, "a", "c");
  assert.equal(await caller.calls(6), "a a a c c c");
});

test("pick_first, the default, moves on when its peer leaves", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  rig.resolver(registrar);
  const a = await rig.serve(registrar, "a");
  const caller = rig.caller("rollcall:orders");
  assert.equal(await caller.calls(3), "a a a");
  await rig.serve(registrar, "b");
  await a.leave({ deadlineMs: 2000 });
  await reaches(caller, "b");
});

test("before any registrar answers calls fail with a sentence, and later they go through", async (t) => {
  const rig = new GrpcRig(t);
  const first = await rig.registrar();
  const { survey, roster } = first.endpoints;
  await first.close();
  rig.resolver(survey, { firstListMs: 50, helloTimeoutMs: 200 });
  const caller = rig.caller("rollcall:///orders", ROUND_ROBIN);
  const error = await failure(caller.call());
  assert.equal(error.code, status.UNAVAILABLE);
  assert.match(error.details, /^rollcall: service "orders": no registrar answers$/);

  const registrar = await rig.registrar({ survey, roster });
  await rig.serve(registrar, "a");
  await until(async () => (await nameOrError(caller)) === "a", { what: "calls go through" });
});

for (const [policy, options] of [
  ["round_robin", ROUND_ROBIN],
  ["pick_first", {}],
] as const) {
  test(`an empty list fails calls at once and says so, and they go through again: ${policy}`, async (t) => {
    const rig = new GrpcRig(t);
    const registrar = await rig.registrar();
    rig.resolver(registrar);
    const caller = rig.caller("rollcall:///orders", options);
    const empty = await failure(caller.call());
    assert.equal(empty.code, status.UNAVAILABLE);
    assert.match(empty.details, /rollcall: service "orders": its list is empty/);

    const a = await rig.serve(registrar, "a");
    await until(async () => (await nameOrError(caller)) === "a", { what: "a answers" });
    await a.leave({ deadlineMs: 2000 });
    rig.shut("a");
    await until(async () => (await nameOrError(caller)).includes("its list is empty"), {
      what: "the list is empty again",
    });
    await rig.join(registrar, { service: "orders", id: "no-port" });
    await until(
      async () => (await nameOrError(caller)).includes("none of its peers can be called"),
      { what: "a peer without port is no endpoint" },
    );
  });
}

test("a server that comes back at its port is found again, though no list has changed", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  rig.resolver(registrar);
  const { self } = await rig.serve(registrar, "a");
  const callers = [rig.caller("rollcall:///orders"), rig.caller("rollcall:///orders", ROUND_ROBIN)];
  for (const caller of callers) assert.equal(await caller.call(), "a");
  rig.shut("a");
  const second = await startGreeter("a again", self.port);
  rig.after(() => second.close());
  for (const caller of callers) {
    await until(async () => (await nameOrError(caller)) === "a again", { what: "it is found" });
  }
});

test("the list is kept while no registrar answers", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar(QUICK);
  rig.resolver(registrar);
  await rig.serve(registrar, "a");
  const caller = rig.caller("rollcall:///orders", ROUND_ROBIN);
  assert.equal(await caller.call(), "a");
  const watcher = rig.watch(registrar, { service: "orders" });
  await watcher.ready();
  await registrar.close();
  await until(() => watcher.view.authority === "stale", { what: "the view is stale" });
  assert.equal(await caller.calls(3), "a a a");
});

test("weights count where peers take turns", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  rig.resolver(registrar);
  await rig.serve(registrar, "a", 3);
  const b = await rig.serve(registrar, "b", 1);
  const caller = rig.caller("rollcall:///orders", ROUND_ROBIN);
  await reaches(caller, "a", "a", "a", "b");
  await b.update({ weight: 3 });
  await reaches(caller, "a", "a", "b", "b");
});

test("channels of one target share one watcher, and the last one closes it", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  const resolver = rig.resolver(registrar);
  await rig.serve(registrar, "a");
  const authority = registrar.endpoints.survey.slice("tcp://".length);
  const plain = [1, 2, 3].map(() => rig.caller("rollcall:///orders"));
  const named = [1, 2].map(() => rig.caller(`rollcall://${authority}/orders`, ROUND_ROBIN));
  assert.equal(resolver.watchers, 0, "nobody has called");
  for (const caller of [...plain, ...named]) assert.equal(await caller.call(), "a");
  assert.equal(resolver.watchers, 2);
  for (const caller of plain) caller.close();
  assert.equal(resolver.watchers, 1);
  for (const caller of named) caller.close();
  assert.equal(resolver.watchers, 0);
});

test("a closed registration frees its watchers; channels keep what they have, new ones are told", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  const resolver = rig.resolver(registrar);
  await rig.serve(registrar, "a");
  const caller = rig.caller("rollcall:///orders");
  assert.equal(await caller.call(), "a");
  await resolver.close();
  await resolver.close();
  assert.equal(resolver.watchers, 0);
  assert.equal(await caller.call(), "a");
  const error = await failure(
    rig.caller("rollcall:///orders", { "grpc.use_local_subchannel_pool": 1 }).call(),
  );
  assert.match(error.details, /the resolver is closed/);
});

test("a scheme, a protocol and operators of one's own", async (t) => {
  const rig = new GrpcRig(t);
  const registrar = await rig.registrar();
  const [a, b] = [await startGreeter("a"), await startGreeter("b")];
  rig.after(() => [a, b].map((greeter) => greeter.close()));
  const join = (id: string, port: number): Promise<Member> =>
    rig.join(registrar, {
      service: "orders",
      id,
      endpoints: [
        { host: "127.0.0.1", port: 1, protocol: "http" },
        { host: "127.0.0.1", port, protocol: "h2" },
      ],
    });
  await join("a", a.port);
  await join("b", b.port);
  const through = pipe(
    peersOf(),
    map((peers) => peers.filter(({ id }) => id === "b")),
  );
  rig.resolver(registrar, { scheme: "fleet", protocol: "h2", through });
  assert.equal(await rig.caller("fleet:///orders", ROUND_ROBIN).calls(3), "b b b");
});

test("mistakes are refused where they are made", () => {
  const register = (options: object): unknown => registerRollcallResolver(options);
  assert.throws(() => register({ scheme: "a b" }), /scheme is "a b"/);
  assert.throws(() => register({ firstListMs: -1 }), /firstListMs is -1/);
  assert.throws(() => register({ firstListMs: NaN }), code("ERR_OPTION"));
  assert.throws(() => register({ protocol: 1 }), /protocol is 1/);
  assert.throws(() => register({ through: [] }), /through is no operator/);
  assert.throws(() => register({ service: "orders" }), /no option "service"/);
  assert.throws(() => register({ regisrar: "tcp://a:1" }), /no option "regisrar"/);
  assert.throws(() => register({ registrar: "a:1" }), code("ERR_ENDPOINT"));
  registerRollcallResolver({ scheme: "mistaken" });
  assert.throws(() => new Caller("mistaken:///%ff"), /names no service/);
});
