import { RollcallError, watch as openWatcher } from "../../index.ts";
import type { Watcher } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { isScreen, paintFor } from "../io.ts";
import { LiveView } from "../live-view.ts";
import { authorityOutput, changeOutput, connectionOutput, viewOutput } from "../output.ts";
import { eventLine } from "../render/events.ts";
import type { WatchEvent } from "../render/events.ts";
import { jsonLine } from "../render/text.ts";
import { CLIENT_KEYS, JSON_LINES, REGISTRARS, ROSTERS, WATCHER } from "../settings/tables.ts";
import type { Setting } from "../settings/setting.ts";
import { aborted } from "../stop.ts";
import { watchOptions, warnWhenSlow } from "../watching.ts";

const ALL = "*";

const VIEWS: Setting = {
  key: "views",
  value: { kind: "switch" },
  help: "with --json, print the whole list on every change instead of the change.",
  group: "Output",
};

/** `rollcall watch`: the list as it changes. */
export const watch: CliCommand = {
  name: "watch",
  operands: "[service...]",
  summary: "show the list of peers as it changes",
  description: `Follows services until a signal comes; without a service, all of them. On a terminal a
table that redraws; otherwise, or with --json, one line for each change, and one whenever the
connection or the authority of the list changes. Waits for a registrar as long as it takes.

JSON lines: {"kind": "joined" | "updated" | "left", at, service, id, cause, peer},
{"kind": "connection", at, state, since, code}, {"kind": "authority", at, authority}, and with
--views {"kind": "view", at, service, revision, authority, asOf, sources, peers}.`,
  settings: [REGISTRARS, ROSTERS, ...CLIENT_KEYS, JSON_LINES, VIEWS, ...WATCHER],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const { args, io, options, log, stop } = context;
  const services = args.length === 0 ? [ALL] : args;
  const watcher = openWatcher({ ...watchOptions(options, services), logger: log });
  const calm = warnWhenSlow(context, "watch.waiting: no registrar answers yet");
  const refused = new Promise<never>((_, reject) => {
    watcher.connection$.subscribe(({ kind, ...state }) => {
      if (kind !== "connecting") calm();
      if ("code" in state) reject(new RollcallError(state.code));
    });
  });
  const hide =
    isScreen(io, io.stdout) && !options.isOn("json")
      ? showTable(context, watcher, services)
      : printLines(context, watcher);
  try {
    await Promise.race([aborted(stop.signal), refused]);
    return 0;
  } finally {
    calm();
    hide();
    await watcher.close();
  }
}

function showTable(context: Context, watcher: Watcher, services: readonly string[]): () => void {
  const view = new LiveView(context, watcher, {
    title: `rollcall watch ${services.join(" ")}`,
    showsService: services.length > 1 || services[0] === ALL,
  });
  view.open();
  return () => view.close();
}

function printLines(context: Context, watcher: Watcher): () => void {
  const isJson = context.options.isOn("json");
  const show = isJson ? jsonPrinter(context) : textPrinter(context);
  const isWhole = isJson && context.options.isOn("views");
  let authority: string | null = null;
  const subscription = watcher.connection$.subscribe((connection) => {
    show({ kind: "connection", connection });
  });
  subscription.add(
    watcher.view$.subscribe((view) => {
      if (isWhole) return print(context, jsonLine(viewOutput(view, Date.now())));
      for (const change of view.changes) show({ kind: "change", change });
      if (view.authority !== authority) {
        authority = view.authority;
        show({ kind: "authority", authority: view.authority });
      }
    }),
  );
  return () => subscription.unsubscribe();
}

function textPrinter(context: Context): (event: WatchEvent) => void {
  const paint = paintFor(context.io, context.io.stdout);
  return (event) => print(context, eventLine({ wallMs: Date.now(), event }, Infinity, paint));
}

function jsonPrinter(context: Context): (event: WatchEvent) => void {
  return (event) => print(context, jsonLine(outputOf(event, Date.now())));
}

function outputOf(event: WatchEvent, wallMs: number): object {
  switch (event.kind) {
    case "change":
      return changeOutput(event.change, wallMs);
    case "connection":
      return connectionOutput(event.connection, wallMs);
    case "authority":
      return authorityOutput(event.authority, wallMs);
    default:
      return event satisfies never;
  }
}
