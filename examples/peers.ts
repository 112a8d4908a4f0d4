/**
 * Peers of a cluster: three processes of one service join, each holds the list of all, one goes.
 * Here all of them live in one process, which changes nothing: each has sockets of its own.
 *
 * Run: npx tsx examples/peers.ts
 */
import { filter, firstValueFrom } from "rxjs";
import { join, startRegistrar } from "rollcall";
import type { Member, Peer } from "rollcall";

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
});
const { survey } = registrar.endpoints;

const one = await join({ registrar: survey, service: "cache", id: "client-one", port: 8001 });
const two = await join({ registrar: survey, service: "cache", id: "client-two", port: 8002 });
const three = await join({ registrar: survey, service: "cache", id: "client-three", port: 8003 });

/** The first list of this member that has so many peers. */
async function listOf(member: Member, size: number): Promise<string> {
  const peers = await firstValueFrom(
    member.peers$.pipe(filter((list: readonly Peer[]) => list.length === size)),
  );
  return peers.map((peer) => peer.id).join(" ");
}

for (const member of [one, two, three]) {
  console.log(`${member.self.id} sees: ${await listOf(member, 3)}`);
}

await two.leave();
console.log("client-two has left");

for (const member of [one, three]) {
  console.log(`${member.self.id} sees: ${await listOf(member, 2)}`);
}

await one.close();
await three.close();
await registrar.close();
