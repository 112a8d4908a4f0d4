import { Child } from "./child.ts";
import { compileRoles } from "../helpers/compiled.ts";
import type { ClientRole } from "./roles/client.ts";
import type { Place, RegistrarRole } from "./roles/registrar.ts";
import type { ServersRole } from "./roles/servers.ts";
import type { Departure, Strays } from "./strays.ts";

/** What is to be done. */
export interface LeavesSettings {
  readonly leaves: number;
  /** Requests per second, all clients together. */
  readonly rate: number;
  /** True for clients that acknowledge what they do not heed, to see that it is noticed. */
  readonly isDeaf: boolean;
}

/** What came of it. */
export interface LeavesOutcome {
  readonly settings: LeavesSettings;
  readonly departures: readonly Departure[];
  readonly seconds: number;
  readonly requests: number;
  readonly perSecond: number;
  readonly failed: number;
  readonly strays: Strays;
}

const SERVICE = "web";
const PROCESSES = 4;
const EACH = 4;
const CLIENTS = 2;
const TELL_EVERY = 100;
const ANYWHERE: Place = { survey: "tcp://127.0.0.1:0", roster: "tcp://127.0.0.1:0" };

/** Lets members leave with proof and join again, while clients send requests all the time. */
export async function leaves(
  settings: LeavesSettings,
  say: (text: string) => void,
): Promise<LeavesOutcome> {
  const children: { kill(): Promise<void> }[] = [];
  try {
    return await run(settings, { say, children });
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
}

async function run(
  settings: LeavesSettings,
  { say, children }: { say: (text: string) => void; children: { kill(): Promise<void> }[] },
): Promise<LeavesOutcome> {
  say("compiling the roles");
  const roles = await compileRoles("soak");
  const start = <C extends Child<never>>(name: string, role: string): C => {
    const child = new Child<never>(name, roles(role), () => {});
    children.push(child);
    return child as C;
  };
  const hub = start<Child<RegistrarRole>>("registrar", "registrar");
  const { survey } = await hub.ask("start", { place: ANYWHERE, service: SERVICE });
  const web = { registrar: survey, service: SERVICE };
  const servers = times(PROCESSES, (at) => start<Child<ServersRole>>(`servers-${at}`, "servers"));
  const idsOf = (at: number): readonly string[] => times(EACH, (slot) => `web-${at}-${slot}`);
  await Promise.all(servers.map((one, at) => one.ask("start", { ...web, ids: idsOf(at) })));
  const clients = times(CLIENTS, (at) => start<Child<ClientRole>>(`client-${at}`, "client"));
  const load = { perSecond: settings.rate / CLIENTS, isDeaf: settings.isDeaf };
  await Promise.all(clients.map((client) => client.ask("start", { ...web, ...load })));

  say(
    `${PROCESSES * EACH} members are up; ${settings.leaves} leaves at ${settings.rate} requests/s`,
  );
  const startMs = performance.now();
  const departures: Departure[] = [];
  let begun = 0;
  /** The members of one process leave one after the other, those of several at the same time. */
  const work = async (server: Child<ServersRole>, at: number): Promise<void> => {
    for (let turn = 0; begun < settings.leaves; turn += 1) {
      begun += 1;
      departures.push(await server.ask("cycle", `web-${at}-${turn % EACH}`));
      if (departures.length % TELL_EVERY === 0) say(`${departures.length} leaves`);
    }
  };
  await Promise.all(servers.map(work));
  const seconds = (performance.now() - startMs) / 1000;
  const found = await Promise.all(
    servers.map((server) => server.ask("strays", undefined as never)),
  );
  const loadedSeconds = (performance.now() - startMs) / 1000;
  const counts = await Promise.all(clients.map((client) => client.ask("stop", undefined as never)));
  const requests = sum(counts.map(({ sent }) => sent));
  return {
    settings,
    departures,
    seconds,
    requests,
    perSecond: requests / loadedSeconds,
    failed: sum(counts.map(({ failed }) => failed)),
    strays: {
      arrived: sum(found.map(({ arrived }) => arrived)),
      sent: sum(found.map(({ sent }) => sent)),
    },
  };
}

function times<T>(count: number, make: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
