import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { join, type Member } from "../../../lib/index.ts";
import { serve } from "../../bench/serve.ts";
import { machineMs } from "../facts.ts";
import { SENT_HEADER, type Departure, type Strays } from "../strays.ts";

/** Who serves what, where it is listed. */
export interface Serving {
  readonly registrar: string;
  readonly service: string;
  readonly ids: readonly string[];
}

/** When the proof that a run has left was there and complete; null before. */
interface Farewell {
  provedMs: number | null;
}

/** One run of a member and its server. */
interface Site {
  readonly server: Server;
  readonly member: Member;
  readonly farewell: Farewell;
}

const WORK_MS = 5;
/** So long the server of one that has left goes on listening, to see whether anybody still comes. */
const WATCHED_MS = 1000;

const sites = new Map<string, Site>();
const watched = new Set<Promise<void>>();
const strays = { arrived: 0, sent: 0 };
let serving: Serving = { registrar: "", service: "", ids: [] };

function note({ provedMs }: Farewell, { headers }: IncomingMessage): void {
  if (provedMs === null) return;
  strays.arrived += 1;
  if (Number(headers[SENT_HEADER]) > provedMs) strays.sent += 1;
}

async function open(id: string): Promise<void> {
  const farewell: Farewell = { provedMs: null };
  const server = createServer((request, response) => {
    note(farewell, request);
    setTimeout(() => response.end(id), WORK_MS);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { registrar, service } = serving;
  const where = { address: "127.0.0.1", port };
  const member = await join({ registrar, service, id, ...where, logger: false });
  sites.set(id, { server, member, farewell });
}

async function close({ server }: Site): Promise<void> {
  await pause(WATCHED_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Whoever does not heed its list would hold it open for ever.
    setTimeout(() => server.closeAllConnections(), WATCHED_MS).unref();
  });
}

/** HTTP servers that are members. */
const commands = serve({
  async start(given: Serving): Promise<void> {
    serving = given;
    await Promise.all(given.ids.map(open));
  },
  /** Leaves with proof and joins again as another run, with another server. */
  async cycle(id: string): Promise<Departure> {
    const site = sites.get(id);
    if (site === undefined) throw new Error(`no ${id}`);
    const startMs = machineMs();
    const { complete, missing, anonymous } = await site.member.leave();
    const provedMs = machineMs();
    if (complete) site.farewell.provedMs = provedMs;
    const closing = close(site).finally(() => watched.delete(closing));
    watched.add(closing);
    await open(id);
    return {
      tookMs: provedMs - startMs,
      isComplete: complete,
      missing: missing.length + anonymous,
    };
  },
  /** Requests that came to one that had left, once nobody is watched any more. */
  async strays(): Promise<Strays> {
    await Promise.all(watched);
    return strays;
  },
});

export type ServersRole = typeof commands;
