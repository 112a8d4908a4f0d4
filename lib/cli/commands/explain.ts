import { RollcallError } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { paintFor } from "../io.ts";
import { explanationOutput } from "../output.ts";
import { explanationLines } from "../render/events.ts";
import { jsonLine } from "../render/text.ts";
import { CLIENT_KEYS, JSON_LINES, REGISTRARS, TIMEOUT, WATCHER } from "../settings/tables.ts";
import { withWatcher } from "../watching.ts";

/** `rollcall explain`: why a peer is, or is not, in the list. */
export const explain: CliCommand = {
  name: "explain",
  operands: "<service> <id>",
  summary: "tell what the registrar remembers of a peer",
  description: `Prints how a peer stands and what happened to it, oldest first, also after it is gone.
Exits with 66 if nothing is remembered, with 69 if no registrar answers.`,
  settings: [REGISTRARS, ...CLIENT_KEYS, JSON_LINES, TIMEOUT, ...WATCHER],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const { args, io, options } = context;
  const [service = "", id = ""] = args;
  const found = await withWatcher(context, service, (watcher, signal) =>
    watcher.explain(service, id, { signal }),
  );
  if (found === undefined) throw new RollcallError("ERR_NOT_FOUND", `${service}/${id}`);
  const lines = options.isOn("json")
    ? [jsonLine(explanationOutput(found, Date.now()))]
    : explanationLines(found, paintFor(io, io.stdout));
  for (const line of lines) print(context, line);
  return 0;
}
