import { filter, firstValueFrom, fromEvent, takeUntil } from "rxjs";
import { RollcallError } from "../../index.ts";
import type { View, Watcher } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { isScreen, paintFor, sizeOf } from "../io.ts";
import { viewOutput } from "../output.ts";
import { peerTable } from "../render/peers.ts";
import { jsonLine } from "../render/text.ts";
import {
  CLIENT_KEYS,
  JSON_LINES,
  REGISTRARS,
  ROSTERS,
  TIMEOUT,
  WATCHER,
} from "../settings/tables.ts";
import { withWatcher } from "../watching.ts";

const ALL = "*";

/** `rollcall peers`: the list as it is now. */
export const peers: CliCommand = {
  name: "peers",
  operands: "[service...]",
  summary: "print the list of peers once",
  description: `Prints who is listed, suspects included, and exits. Without a service: everybody. Waits
for the first list at most --timeout-ms; exits with 69 if no registrar answers.`,
  settings: [REGISTRARS, ROSTERS, ...CLIENT_KEYS, JSON_LINES, TIMEOUT, ...WATCHER],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const { args, io, options } = context;
  const services = args.length === 0 ? [ALL] : args;
  const view = await withWatcher(context, services, firstWhole);
  if (options.isOn("json")) {
    print(context, jsonLine(viewOutput(view, Date.now())));
    return 0;
  }
  const lines = peerTable(view.peers, {
    // A table that is read by a program must not lose columns.
    width: isScreen(io, io.stdout) ? sizeOf(io.stdout).columns : Infinity,
    wallMs: Date.now(),
    paint: paintFor(io, io.stdout),
    showsService: services.length > 1 || services[0] === ALL,
  });
  for (const line of lines) print(context, line);
  return 0;
}

/** The first view in which every service has had a snapshot from some registrar. */
async function firstWhole(watcher: Watcher, signal: AbortSignal): Promise<View> {
  await watcher.ready({ signal });
  const whole$ = watcher.view$.pipe(filter(isWhole), takeUntil(fromEvent(signal, "abort")));
  return firstValueFrom(whole$).catch((error: unknown) => {
    throw new RollcallError("ERR_ABORTED", undefined, { cause: error });
  });
}

/** With `*`, a service that is announced before its snapshot has come is known by name alone. */
function isWhole({ sources }: View): boolean {
  const told = new Set(sources.filter(({ epoch }) => epoch !== null).map(({ service }) => service));
  return sources.every(({ service }) => told.has(service));
}
