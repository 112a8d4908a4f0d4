/** Ends by itself: every handle is closed, or its registrar never existed. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, startRegistrar, watch } from "../../lib/index.ts";

const { plan } = JSON.parse(process.argv[2] ?? "{}") as { readonly plan: string };
const logger = false;

/** An endpoint nobody listens at. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `tcp://127.0.0.1:${port}`;
}

/** Everything there is, used and closed. */
async function closeAll(): Promise<void> {
  const anywhere = { survey: "tcp://127.0.0.1:0", roster: "tcp://127.0.0.1:0", logger } as const;
  const registrar = await startRegistrar(anywhere);
  const { survey, roster } = registrar.endpoints;
  const watcher = watch({ roster, service: "cache", logger });
  const member = await join({ registrar: survey, service: "cache", logger });
  member.peers$.subscribe();
  await watcher.ready();
  await member.leave();
  await watcher.close();
  await registrar.close();
}

/** A watcher and a member of a registrar that never was. */
async function giveUp(): Promise<void> {
  const registrar = await nowhere();
  const watcher = watch({ registrar, service: "cache", logger });
  const stop = new AbortController();
  const joining = join({ registrar, service: "cache", logger, signal: stop.signal });
  const refused = joining.catch((error: unknown) => (error as { code?: string }).code);
  await watcher.ready({ signal: AbortSignal.timeout(50) }).catch(() => {});
  stop.abort();
  console.log(JSON.stringify({ refused: await refused }));
  await watcher.close();
}

await (plan === "closeAll" ? closeAll() : giveUp());
console.log(JSON.stringify({ done: plan }));
