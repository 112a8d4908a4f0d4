import { spawnSync } from "node:child_process";
import { ASIDE } from "./castings.ts";
import type { Casting } from "./crowd.ts";
import type { Places } from "./places.ts";

/** Serf's own first port; each further agent of a node has the next one. */
const BIND_PORT = 7946;
const RPC_PORT = 7373;

/** Why serf cannot be compared with; undefined where it can. */
export function serfMissing(): string | undefined {
  const { status, error } = spawnSync("serf", ["version"], { encoding: "utf8" });
  if (status === 0) return undefined;
  return `serf is not installed (${error?.message ?? `ended with ${status}`})`;
}

/** Agents of serf on the node of a crew, with its profile for local networks. */
export function serfAgents(places: Places, node: string, count: number): readonly Casting[] {
  const seed = `${places.addressOf(ASIDE)}:${BIND_PORT}`;
  return Array.from({ length: count }, (_, at) => {
    const name = `serf-${node}.${at}`;
    const bind = `${places.addressOf(node)}:${BIND_PORT + at}`;
    const join = [`-retry-join=${seed}`, "-retry-interval=1s"];
    return { node, name, role: agent({ name, bind, rpc: RPC_PORT + at }, join) };
  });
}

/** The agent that is asked who is there: nothing but packet loss is done to it. */
export function serfWitness(places: Places): Casting {
  const bind = `${places.addressOf(ASIDE)}:${BIND_PORT}`;
  return { node: ASIDE, name: "serf", role: agent({ name: "witness", bind, rpc: RPC_PORT }, []) };
}

/** What the witness says of an agent: `EventMemberFailed: serf-c0.1 10.77.2.1`. */
export function heardOfSerf(
  text: string,
): { readonly event: "joined" | "removed"; readonly id: string } | undefined {
  const [, event, id] = /EventMember(Join|Failed|Leave): (serf-\S+)/.exec(text) ?? [];
  if (id === undefined) return undefined;
  return { event: event === "Join" ? "joined" : "removed", id };
}

function agent(
  { name, bind, rpc }: { readonly name: string; readonly bind: string; readonly rpc: number },
  join: readonly string[],
): readonly string[] {
  return [
    "serf",
    "agent",
    `-node=${name}`,
    `-bind=${bind}`,
    `-rpc-addr=127.0.0.1:${rpc}`,
    "-profile=lan",
    "-log-level=info",
    ...join,
  ];
}
