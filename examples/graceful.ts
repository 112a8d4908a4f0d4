/**
 * An HTTP server that stops without a failed request and without a sleep: it drains, which resolves
 * when every consumer has dropped it, finishes what it has, and leaves. A client sends requests all
 * the while, each to a peer of its own list.
 *
 * Run: npx tsx examples/graceful.ts
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { join, startRegistrar, watch, type Member } from "rollcall";

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
});
const web = { registrar: registrar.endpoints.survey, service: "web" };

/** A server and its membership. */
interface Site {
  readonly server: Server;
  readonly member: Member;
}

async function open(id: string): Promise<Site> {
  // Each answer takes a while, so that some are under way whenever the server stops.
  const server = createServer((_request, response) => void pause(20).then(() => response.end(id)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, member: await join({ ...web, id, port }) };
}

async function stop({ server, member }: Site): Promise<void> {
  const { complete } = await member.drain({ deadlineMs: 5000 });
  console.log(`${member.self.id} drained: ${complete ? "all" : "not all"} of its consumers know`);
  // Nobody sends anything new; what is under way is finished, and idle connections are closed.
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  await member.leave();
}

const sites = [await open("web-1"), await open("web-2"), await open("web-3")];
const watcher = watch(web);
await watcher.ready();

const counts = { sent: 0, failed: 0 };
const ended = new AbortController();

/** Sends one request after the other, to the peers in turn. */
async function load(): Promise<void> {
  while (!ended.signal.aborted) {
    counts.sent += 1;
    const peer = watcher.peers[counts.sent % watcher.peers.length];
    if (peer === undefined) throw new Error("nobody is left");
    const url = `http://${peer.address}:${peer.port}/`;
    const answer = await fetch(url).then(
      (response) => response.text(),
      () => "",
    );
    if (answer !== peer.id) counts.failed += 1;
  }
}

const loads = Promise.all(Array.from({ length: 20 }, load));
for (const site of sites.slice(1)) {
  const before = counts.sent;
  while (counts.sent < before + 200) await pause(5);
  await stop(site);
}
ended.abort();
await loads;
console.log(`${counts.failed} failed requests`);

for (const { server, member } of sites) {
  server.close();
  await member.close();
}
await watcher.close();
await registrar.close();
