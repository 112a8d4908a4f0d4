/**
 * Keys spread over real memcached servers, which know nothing of Rollcall: a member joins on behalf of
 * each. One server is killed, and only its keys move.
 *
 * Run: npx tsx examples/memcached-ring.ts     (needs memcached: apt-get install memcached)
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "memjs";
import { filter, firstValueFrom } from "rxjs";
import { join, startRegistrar, watch } from "rollcall";
import { movedShare, ring } from "rollcall/ring";

const KEYS = Array.from({ length: 400 }, (_, at) => `session:${at}`);

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
});
const { survey, roster } = registrar.endpoints;

/** A memcached server, listed for as long as it runs; what is returned kills it. */
async function startServer(id: string): Promise<() => Promise<void>> {
  const port = await freePort();
  const asNobody = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const args = [...asNobody, "-l", "127.0.0.1", "-p", String(port), "-m", "16"];
  const server = spawn("memcached", args, { stdio: "ignore" });
  await once(server, "spawn");
  process.once("exit", () => server.kill("SIGKILL"));
  while (!(await answers(port))) await pause(10);
  const member = await join({ registrar: survey, service: "memcached", id, port });
  const ended = once(server, "exit").then(() => member.close());
  return () => {
    server.kill("SIGKILL");
    return ended;
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.destroy() !== undefined));
    socket.once("error", () => resolve(false));
  });
}

const kill = new Map<string, () => Promise<void>>();
for (const id of ["m1", "m2", "m3", "m4"]) kill.set(id, await startServer(id));

const watcher = watch({ roster, service: "memcached" });
// By default servers are named by host and port, and keys go where the npm package hashring sends
// them. The ports of this example are others in each run, its ids are not.
const servers = ring(watcher.view$, { nameOf: (peer) => peer.id });
await firstValueFrom(servers.changes$.pipe(filter(() => servers.members.size === 4)));

const clients = new Map<number, Client>();
function clientFor(key: string): Client {
  const port = servers.owner(key)?.port ?? 0;
  const client = clients.get(port) ?? Client.create(`127.0.0.1:${port}`, { retries: 0 });
  clients.set(port, client);
  return client;
}

async function fill(keys: readonly string[]): Promise<void> {
  for (const key of keys) await clientFor(key).set(key, `the value of ${key}`, {});
}

async function missing(): Promise<readonly string[]> {
  const found = await Promise.all(
    KEYS.map(async (key) => ((await clientFor(key).get(key)).value === null ? key : undefined)),
  );
  return found.filter((key) => key !== undefined);
}

await fill(KEYS);
const before = new Map(KEYS.map((key) => [key, servers.owner(key)?.id]));
const spread = [...kill.keys()].map(
  (id) => [...before.values()].filter((own) => own === id).length,
);
console.log(`${KEYS.length} keys on four servers: ${spread.join(", ")}`);
console.log(`missing: ${(await missing()).length}`);

const change = firstValueFrom(servers.changes$.pipe(filter(({ left }) => left.length > 0)));
await kill.get("m2")?.();
const { left, moved } = await change;
const lost = await missing();
const own = lost.filter((key) => before.get(key) === "m2");
console.log(
  `${left[0]?.id} was killed: ${Math.round(movedShare(moved) * 100)} % of the ring moved`,
);
console.log(`missing: ${lost.length}, and ${own.length} of them were on m2`);
await fill(lost);
console.log(`filled again, missing: ${(await missing()).length}`);

for (const client of clients.values()) client.close();
for (const end of kill.values()) await end();
await servers.close();
await watcher.close();
await registrar.close();
