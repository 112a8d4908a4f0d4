/**
 * The registrar inside an application: this HTTP server is a registrar, a member of its own
 * service and a consumer of it, and answers with the list of its peers.
 *
 * Run: npx tsx examples/embedded.ts
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { filter, firstValueFrom } from "rxjs";
import { join, startRegistrar } from "rollcall";

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
});

const server = createServer((_request, response) => {
  const { authority, peers } = registrar.view("web");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ authority, peers: peers.map((peer) => peer.id) }));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;

const me = await join({ registrar: registrar.endpoints.survey, service: "web", id: "web-1", port });
await firstValueFrom(me.peers$.pipe(filter((peers) => peers.length === 1)));

const answer = await fetch(`http://${me.self.address}:${me.self.port}/`);
console.log(JSON.stringify(await answer.json()));

await me.close();
server.close();
await registrar.close();
