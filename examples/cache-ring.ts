/**
 * A cache spread over processes, as groupcache does it: each owns a part of the keys and holds it in
 * memory, and whoever is asked fetches from the owner. One process is killed, one comes: only the keys
 * of those two move, and the newcomer fills itself from whoever held its keys before.
 *
 * Run: npx tsx examples/cache-ring.ts
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { LRUCache } from "lru-cache";
import { join, startRegistrar } from "rollcall";
import type { Peer } from "rollcall";
import { ring } from "rollcall/ring";

/** One process of the cache, until it is killed. */
async function runNode(registrar: string, id: string): Promise<void> {
  const held = new LRUCache<string, string>({ max: 10_000 });
  const server = createServer((request, response) => {
    const [, verb, key = ""] = (request.url ?? "").split("/");
    const answer = verb === "get" ? get(key) : verb === "own" ? own(key) : peek(key);
    void answer.then((from) => response.end(from));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const me = await join({ registrar, service: "cache", id, port });
  // Ids instead of ports name the nodes, so that every run spreads the keys alike. A node that is
  // suspect would be asked in vain, and what it held can be loaded again.
  const nodes = ring(me.view$, { nameOf: (peer) => peer.id, suspects: "drop" });
  nodes.changes$.subscribe(() => process.send?.({ port, sees: ids(nodes.members.values()) }));

  /** Anybody may be asked for any key. */
  async function get(key: string): Promise<string> {
    const owner = nodes.owner(key);
    return owner === undefined || owner.id === id ? own(key) : ask(owner.port, "own", key);
  }

  /** The owner is asked: it does not send us on, even if it sees another ring. */
  async function own(key: string): Promise<string> {
    if (held.has(key)) return "memory";
    const previous = nodes.previousOwner(key);
    const found = previous === undefined ? "" : await ask(previous.port, "peek", key);
    held.set(key, `the value of ${key}`);
    return found === "memory" ? "previous owner" : "origin";
  }

  async function peek(key: string): Promise<string> {
    return held.has(key) ? "memory" : "";
  }
}

async function ask(port: number, verb: string, key: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/${verb}/${key}`)).text();
}

function ids(peers: Iterable<Peer>): string {
  return Array.from(peers, (peer) => peer.id).join(" ");
}

/** What a node tells of itself whenever its ring changes. */
interface Report {
  readonly port: number;
  readonly sees: string;
}

const KEYS = Array.from({ length: 300 }, (_, at) => `user-${at}`);

async function runAll(): Promise<void> {
  const registrar = await startRegistrar({
    survey: "tcp://127.0.0.1:0",
    roster: "tcp://127.0.0.1:0",
  });
  const running = new Map<string, ChildProcess>();
  const reports = new Map<string, Report>();
  let reported = (): void => {};

  const start = (id: string): void => {
    const node = fork(fileURLToPath(import.meta.url), [registrar.endpoints.survey, id]);
    node.on("message", (report) => {
      reports.set(id, report as Report);
      reported();
    });
    running.set(id, node);
  };
  const kill = (id: string): void => {
    running.get(id)?.kill("SIGKILL");
    running.delete(id);
  };
  /** Until every node has all of them, and nobody else, on its ring. */
  const agreed = async (): Promise<void> => {
    const all = [...running.keys()].toSorted();
    while (!all.every((id) => reports.get(id)?.sees === all.join(" "))) {
      await new Promise<void>((resolve) => (reported = resolve));
    }
  };
  /** Asks for every key, each node in turn, and prints where the values came from. */
  const readAll = async (title: string): Promise<void> => {
    const ports = [...running.keys()].map((id) => reports.get(id)?.port ?? 0);
    const counts = new Map<string, number>();
    for (const [at, key] of KEYS.entries()) {
      const from = await ask(ports[at % ports.length] ?? 0, "get", key);
      counts.set(from, (counts.get(from) ?? 0) + 1);
    }
    const line = [...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([from, count]) => `${count} from ${from}`);
    console.log(`${title}: ${line.join(", ")}`);
  };

  for (const id of ["a", "b", "c"]) start(id);
  await agreed();
  await readAll("three nodes, nothing held");
  await readAll("once more");
  kill("b");
  await agreed();
  await readAll("b was killed");
  start("d");
  await agreed();
  await readAll("d came");
  await readAll("once more");

  for (const id of running.keys()) kill(id);
  await registrar.close();
}

// A node does not outlive whoever started it.
process.once("disconnect", () => process.exit());
const [, , registrar, id] = process.argv;
if (registrar !== undefined && id !== undefined) await runNode(registrar, id);
else await runAll();
