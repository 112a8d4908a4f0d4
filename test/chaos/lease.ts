/**
 * The usual way to know who lives, to compare with: each member renews a lease, and whoever has not
 * renewed it in time is removed. HTTP over a connection that is kept open; a request that takes
 * too long is given up and sent anew on another connection.
 */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";

/** Time between two renewals, as etcd's clients do it: a third of the lease. */
const RENEW_MS = 1000;
/** How long a lease lasts. */
const LEASE_MS = 3000;
const PORT = 5580;
/** How often the keeper looks for leases that have run out. */
const LOOK_MS = 50;

/** Renews one lease until the function returned is called. */
export function holdLease(host: string, id: string, port: number = PORT): () => void {
  let isEnded = false;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  const renew = (): void => {
    const asked = request({
      host,
      port,
      method: "PUT",
      path: `/${id}`,
      agent,
      timeout: RENEW_MS,
    });
    let isOver = false;
    const again = (pauseMs: number): void => {
      if (isOver || isEnded) return;
      isOver = true;
      setTimeout(renew, pauseMs);
    };
    const startedMs = performance.now();
    const restMs = (): number => Math.max(0, RENEW_MS - (performance.now() - startedMs));
    asked.on("response", (response) => response.resume().on("end", () => again(restMs())));
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => again(0));
    asked.on("close", () => again(restMs()));
    asked.end();
  };
  renew();
  return () => {
    isEnded = true;
    agent.destroy();
  };
}

/** Keeps leases and says whose ran out, and who came back after that. Resolves when it listens. */
export async function keepLeases(
  say: (event: "removed" | "returned", id: string) => void,
  port: number = PORT,
): Promise<{ readonly port: number; held(): number; close(): void }> {
  const untilMs = new Map<string, number>();
  const removed = new Set<string>();
  const server = createServer({ noDelay: true }, (asked, answer) => {
    const id = (asked.url ?? "/").slice(1);
    untilMs.set(id, performance.now() + LEASE_MS);
    if (removed.delete(id)) say("returned", id);
    answer.writeHead(204).end();
  }).listen(port);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const [id, endMs] of untilMs) {
      if (nowMs < endMs) continue;
      untilMs.delete(id);
      removed.add(id);
      say("removed", id);
    }
  }, LOOK_MS);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    held: () => untilMs.size,
    close() {
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}
