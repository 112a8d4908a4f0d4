import { registerRollcallResolver } from "../../../lib/grpc/index.ts";
import { Caller, ROUND_ROBIN } from "../../grpc/greeter.ts";
import { Crew } from "../children.ts";
import { spreadOf, type Figure } from "../figures.ts";
import type { GreeterRole } from "../roles/greeter.ts";
import type { Bench, Scenario } from "../scenario.ts";
import { openRegistrar } from "../scenes.ts";

const SERVERS = 4;
const CALLS = 2000;
const AT_ONCE = 32;
const ROUNDS = 9;
/** The first rounds run cold code. */
const COLD_ROUNDS = 2;
const SERVICE = "orders";
/** So that each client has connections of its own, though both call the same servers. */
const OPTIONS = { ...ROUND_ROBIN, "grpc.use_local_subchannel_pool": 1 };

/** What it costs a call that its servers are found by Rollcall. */
export const grpc: Scenario = {
  name: "grpc",
  text: "calls of @grpc/grpc-js over rollcall:///orders beside a target that names the same servers",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const { endpoints } = await openRegistrar(crew);
  const registrar = endpoints.survey;
  const ids = Array.from({ length: SERVERS }, (_, at) => `${SERVICE}-${at + 1}`);
  const start = (id: string): Promise<number> =>
    crew.start<GreeterRole>("greeter").ask("start", { registrar, service: SERVICE, id });
  const ports = await Promise.all(ids.map(start));
  progress(`${SERVERS} servers are listed`);
  await using _resolver = registerRollcallResolver({ registrar });
  const found = new Caller(`rollcall:///${SERVICE}`, OPTIONS);
  const named = new Caller(`ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(",")}`, OPTIONS);
  try {
    for (const caller of [found, named]) await reaches(caller, ids.join(" "));
    return [await compare(found, named)];
  } finally {
    for (const caller of [found, named]) caller.close();
  }
}

/** In turns, so that a slow phase of the machine meets both alike. */
async function compare(found: Caller, named: Caller): Promise<Figure> {
  const [ours, floor]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await rateOf(found));
    floor.push(await rateOf(named));
  }
  return {
    name: `gRPC calls to ${SERVERS} servers in turn, ${AT_ONCE} at once`,
    unit: "per second",
    ours: spreadOf(ours.slice(COLD_ROUNDS)),
    floor: spreadOf(floor.slice(COLD_ROUNDS)),
    against: "ipv4: target of the same servers",
  };
}

/** Calls until all of them answer in turn: connections are made one after the other. */
async function reaches(caller: Caller, names: string): Promise<void> {
  while ((await caller.calls(SERVERS)) !== names);
}

/** Calls per second. */
async function rateOf(caller: Caller): Promise<number> {
  let left = CALLS;
  const startMs = performance.now();
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await caller.call();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return (CALLS * 1000) / (performance.now() - startMs);
}
