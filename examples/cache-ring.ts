/**
 * A cache spread over processes, as groupcache does it: each owns a part of the keys and holds it in
 * memory, and whoever is asked fetches from the owner. One process is killed, one comes: only the keys
 * of those two move, and the newcomer fills itself from whoever held its keys before.
 *
 * Run: npx tsx examples/cache-ring.ts
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { LRUCache } from "lru-cache";
import { join, startRegistrar } from "rollcall";
import type { Peer } from "rollcall";
import { ring } from "rollcall/ring";

/** A value of the cache, and where it came from. */
interface Found {
  readonly from: "memory" | "previous owner" | "origin";
  readonly value: string;
}

/** What is behind the cache: every load gives another value, so that it shows whether one was moved. */
function load(key: string): Found {
  return { from: "origin", value: `${key} ${randomUUID()}` };
}

/** One process of the cache, until it is killed. */
async function runNode(registrar: string, id: string): Promise<void> {
  const held = new LRUCache<string, string>({ max: 10_000 });
  const server = createServer((request, response) => {
    const [, verb, key = ""] = (request.url ?? "").split("/");
    const answer = verb === "get" ? get(key) : verb === "own" ? own(key) : peek(key);
    answer.then(
      (found) => response.end(JSON.stringify(found)),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const me = await join({ registrar, service: "cache", id, port });
  // Ids instead of ports name the nodes, so that every run spreads the keys alike. A node that is
  // suspect would be asked in vain, and what it held can be loaded again.
  const nodes = ring(me.view$, { nameOf: (peer) => peer.id, suspects: "drop" });
  nodes.changes$.subscribe(() => process.send?.({ port, sees: ids(nodes.members.values()) }));

  /** Anybody may be asked for any key. What an owner does not give is loaded, but not held here. */
  async function get(key: string): Promise<Found> {
    const owner = nodes.owner(key);
    if (owner === undefined || owner.id === id) return own(key);
    return ask(owner.port, "own", key).catch(() => load(key));
  }

  /** The owner is asked: it does not send us on, even if it sees another ring. */
  async function own(key: string): Promise<Found> {
    const value = held.get(key);
    if (value !== undefined) return { from: "memory", value };
    const found = (await moved(key)) ?? load(key);
    held.set(key, found.value);
    return found;
  }

  /** From whoever held it before; undefined where there is nobody, or it does not have it either. */
  async function moved(key: string): Promise<Found | undefined> {
    const previous = nodes.previousOwner(key);
    const found = previous && (await ask(previous.port, "peek", key).catch(() => undefined));
    return found && { ...found, from: "previous owner" };
  }

  async function peek(key: string): Promise<Found> {
    const value = held.get(key);
    if (value === undefined) throw new Error(`${key} is not here`);
    return { from: "memory", value };
  }
}

/** Rejects where nobody answers, or has nothing to give. */
async function ask(port: number, verb: string, key: string): Promise<Found> {
  const response = await fetch(`http://127.0.0.1:${port}/${verb}/${key}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${verb} of ${key}: ${response.status}`);
  return JSON.parse(text) as Found;
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
  const loaded = new Map<string, string>();
  /** A value that was not loaded just now is the one that was loaded last, wherever it has moved. */
  const check = (key: string, { from, value }: Found): void => {
    if (from === "origin") loaded.set(key, value);
    if (!value.startsWith(`${key} `) || value !== loaded.get(key)) {
      throw new Error(`${key} from ${from} is ${value}, not ${loaded.get(key)}`);
    }
  };
  /** Asks for every key, each node in turn, checks the values, and prints where they came from. */
  const readAll = async (title: string): Promise<void> => {
    const ports = [...running.keys()].map((id) => reports.get(id)?.port ?? 0);
    const counts = new Map<string, number>();
    for (const [at, key] of KEYS.entries()) {
      const found = await ask(ports[at % ports.length] ?? 0, "get", key);
      check(key, found);
      counts.set(found.from, (counts.get(found.from) ?? 0) + 1);
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
