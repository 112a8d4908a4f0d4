import { writeFileSync } from "node:fs";
import { RollcallError } from "../../index.ts";
import type { Recording } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { jsonLine } from "../render/text.ts";
import type { Setting } from "../settings/setting.ts";
import { CLIENT_KEYS, REGISTRARS, TIMEOUT, WATCHER } from "../settings/tables.ts";
import { withWatcher } from "../watching.ts";

const ALL = "*";

const OUT: Setting = {
  key: "out",
  value: { kind: "text", placeholder: "file" },
  help: "write it to this file, and print what was written.",
  group: "Output",
};

/** `rollcall record`: everything that the registrar remembers, to be kept or replayed. */
export const record: CliCommand = {
  name: "record",
  operands: "[service]",
  summary: "save what the registrar remembers of everybody",
  description: `Prints the flight recorder of a registrar as one JSON object: of each peer, present or
departed, what happened to it and when, with causes, rounds and revisions, and what happened to the
registrar itself. Without a service: of all. "rollcall replay" reads it.

{"version": 1, service, epoch, authority, tuning, ranMs, takenAt, registrar: [{atMs, kind, ...}],
peers: [{service, id, instance, standing, ..., events: [{atMs, revision, kind, ...}]}]}; times are
milliseconds since the registrar started.`,
  settings: [REGISTRARS, ...CLIENT_KEYS, OUT, TIMEOUT, ...WATCHER],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const [service = ALL] = context.args;
  const recording = await withWatcher(context, service, (watcher, signal) =>
    watcher.record(service, { signal }),
  );
  const out = context.options.text("out");
  if (out === undefined) {
    print(context, jsonLine(recording));
    return 0;
  }
  write(out, recording);
  const events = recording.peers.reduce((sum, peer) => sum + peer.events.length, 0);
  print(context, `${out}: ${events} events of ${recording.peers.length} peers`);
  return 0;
}

function write(path: string, recording: Recording): void {
  try {
    writeFileSync(path, `${jsonLine(recording)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RollcallError("ERR_CONFIG", `out: ${reason}`, { cause: error });
  }
}
