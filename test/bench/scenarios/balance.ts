import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { of } from "rxjs";
import { BalancedPool, Pool, request, type Dispatcher } from "undici";
import { openDispatcher, STRATEGIES, type StrategyName } from "../../../lib/balance/index.ts";
import { Crew, type Workshop } from "../children.ts";
import { spreadOf, type Figure } from "../figures.ts";
import type { PickerRole } from "../roles/picker.ts";
import { peerOf } from "../sample.ts";
import type { Bench, Scenario } from "../scenario.ts";

const PEERS = 1000;
const ROUNDS = 25;
/** The first rounds run cold code. */
const COLD_ROUNDS = 2;
const FIGURE_PICKS = 1000;
const RATIO_MAX = 3;

const SERVERS = 4;
const REQUESTS = 2000;
const AT_ONCE = 32;
const REQUEST_ROUNDS = 7;

/** What a pick costs beside the cheapest choice there is, and a request beside undici alone. */
export const balance: Scenario = {
  name: "balance",
  text: "pick() among 1,000 peers beside a random array index; requests beside undici's pools",
  run: measure,
};

async function measure({ workshop, progress }: Bench): Promise<readonly Figure[]> {
  const picks = await pickFigures(workshop);
  progress("picks are measured");
  return [...picks, ...(await requestFigures())];
}

async function pickFigures(workshop: Workshop): Promise<readonly Figure[]> {
  await using crew = new Crew(workshop);
  const names = Object.keys(STRATEGIES) as StrategyName[];
  const found = names.map((strategy) => {
    const child = crew.start<PickerRole>("picker");
    return { strategy, child, ours: [] as number[], floor: [] as number[] };
  });
  for (const { child, strategy } of found) await child.ask("start", { strategy, count: PEERS });
  // In turns, so that a slow phase of the machine meets all alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { child, ours, floor } of found) {
      const costs = await child.ask("round", FIGURE_PICKS);
      ours.push(costs.ours);
      floor.push(costs.floor);
    }
  }
  return found.map(({ strategy, ours, floor }) => ({
    name: `${FIGURE_PICKS} picks among ${PEERS} peers, ${strategy}`,
    unit: "µs",
    ours: spreadOf(ours.slice(COLD_ROUNDS)),
    floor: spreadOf(floor.slice(COLD_ROUNDS)),
    against: "random array index",
    ...(strategy === "hash" ? {} : { ratioMax: RATIO_MAX }),
  }));
}

/** Servers on a thread of their own, so that what is measured is the client. */
const SERVER = `
  const { createServer } = require("node:http");
  const { parentPort, workerData } = require("node:worker_threads");
  const ports = [];
  for (let n = 0; n < workerData; n += 1) {
    const server = createServer((request, response) => response.end("ok"));
    server.listen(0, "127.0.0.1", () => {
      ports.push(server.address().port);
      if (ports.length === workerData) parentPort.postMessage(ports);
    });
  }`;

async function requestFigures(): Promise<readonly Figure[]> {
  const worker = new Worker(SERVER, { eval: true, workerData: SERVERS });
  const [ports] = (await once(worker, "message")) as [readonly number[]];
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const peers = ports.map((port, at) => peerOf(`p${at}`, { port }));
  const dispatcher = await openDispatcher({ watcher: { peers$: of(peers) } });
  const balanced = new BalancedPool([...origins]);
  const pool = new Pool(origins[0] ?? "");
  const [ours, toBalanced, toPool]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < REQUEST_ROUNDS; round += 1) {
    ours.push(await requestCost(dispatcher, "http://orders.rollcall/"));
    toBalanced.push(await requestCost(balanced, `${origins[0]}/`));
    toPool.push(await requestCost(pool, `${origins[0]}/`));
  }
  await Promise.all([dispatcher.close(), balanced.close(), pool.close()]);
  await worker.terminate();
  const name = `a request to one of ${SERVERS} servers, ${AT_ONCE} at once`;
  const spread = spreadOf(ours.slice(COLD_ROUNDS));
  const beside = (against: string, floor: readonly number[]): Figure => {
    return { name, unit: "µs", ours: spread, floor: spreadOf(floor.slice(COLD_ROUNDS)), against };
  };
  return [beside("undici's BalancedPool", toBalanced), beside("undici's Pool, one server", toPool)];
}

/** µs per request. */
async function requestCost(dispatcher: Dispatcher, url: string): Promise<number> {
  let left = REQUESTS;
  const startMs = performance.now();
  const ask = async (): Promise<void> => {
    for (; left > 0; left -= 1) await (await request(url, { dispatcher })).body.dump();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return ((performance.now() - startMs) * 1000) / REQUESTS;
}
