/**
 * A pure watcher: it holds one SUB socket, is listed nowhere, and ends when its signal is raised.
 *
 * Run: npx tsx examples/subscribe.ts
 */
import { join, latest, startRegistrar, watch } from "rollcall";
import type { Member } from "rollcall";

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
});
const { survey, roster } = registrar.endpoints;

const stop = new AbortController();
const watcher = watch({ roster, service: "orders", signal: stop.signal });
await watcher.ready();

// A slow consumer never falls behind: between two steps only the newest list is kept.
let member: Member | null = null;
for await (const peers of latest(watcher.peers$)) {
  console.log(`orders: ${peers.map(({ id, port }) => `${id}:${port}`).join(" ") || "nobody"}`);
  if (peers.length > 0) void member?.leave();
  else if (member !== null) stop.abort();
  else member = await join({ registrar: survey, service: "orders", id: "orders-1", port: 8080 });
}
console.log("the watcher has ended");
await registrar.close();
