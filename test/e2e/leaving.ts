/** Ends by itself: every handle is closed, or its registrar never existed. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, startRegistrar, watch } from "../../lib/index.ts";

const { plan, survey = "" } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly plan: string;
  readonly survey?: string;
};
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

/** Closes what it has with a registrar that has stopped to answer meanwhile. */
async function closeFrozen(): Promise<void> {
  const watcher = watch({ registrar: survey, service: "cache", logger });
  const member = await join({ registrar: survey, service: "cache", logger });
  member.peers$.subscribe();
  await watcher.ready();
  console.log(JSON.stringify({ joined: true }));
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.stdin.destroy();
  await Promise.all([member.close(), watcher.close()]);
}

/** The id is somebody else's. */
async function refused(): Promise<void> {
  const joining = join({ registrar: survey, service: "cache", id: "mine", logger });
  const code = await joining.catch((error: unknown) => (error as { code?: string }).code);
  console.log(JSON.stringify({ refused: code }));
}

const plans: Readonly<Record<string, () => Promise<void>>> = {
  closeAll,
  giveUp,
  closeFrozen,
  refused,
};
await plans[plan]?.();
console.log(JSON.stringify({ done: plan }));
