import { readFileSync } from "node:fs";
import { checkRecording, RollcallError } from "../../index.ts";
import type { Recording } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { paintFor } from "../io.ts";
import { replayLines, replayOutput } from "../render/replay.ts";
import { jsonLine } from "../render/text.ts";
import type { Setting } from "../settings/setting.ts";
import { JSON_LINES } from "../settings/tables.ts";

const DAY_MS = 86_400_000;
/** The replay decided otherwise. */
const DIFFERENT = 1;

const TOLERANCE: Setting = {
  key: "toleranceMs",
  value: { kind: "whole", min: 0, max: DAY_MS },
  help: "how far the times of one decision may lie apart. Default one survey interval.",
  group: "Timing and limits",
};

const LAST: Setting = {
  key: "lastMs",
  value: { kind: "whole", min: 1, max: DAY_MS },
  help: "replay the last so many milliseconds of the recording. Default 600000.",
  group: "Timing and limits",
};

/** `rollcall replay`: a recording, decided anew. */
export const replay: CliCommand = {
  name: "replay",
  operands: "<file>",
  summary: "decide a recording anew in the simulator, and compare",
  description: `Turns a file of "rollcall record" into joins, goodbyes, lost connections and stalls of
simulated processes, lets the registrar's machine decide in virtual time with every invariant
checked, and prints each decision beside the one that was recorded. Exits with 1 where they differ,
with 65 if the file is no recording, with 66 if there is none. Needs no registrar.`,
  settings: [JSON_LINES, TOLERANCE, LAST],
  logLevel: "warn",
  run,
};

async function run(context: Context): Promise<number> {
  const { args, io, options } = context;
  const recording = read(args[0] ?? "");
  // The simulator is large, and no other command needs it.
  const testing = await import("../../testing/index.ts");
  const toleranceMs = options.number("toleranceMs");
  const forMs = options.number("lastMs");
  const result = testing.replay(recording, {
    ...(toleranceMs === undefined ? {} : { toleranceMs }),
    ...(forMs === undefined ? {} : { forMs }),
  });
  const lines = options.isOn("json")
    ? [jsonLine(replayOutput(result))]
    : replayLines(recording, result, paintFor(io, io.stdout));
  for (const line of lines) print(context, line);
  return result.differences.length === 0 && result.violation === null ? 0 : DIFFERENT;
}

function read(path: string): Recording {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RollcallError("ERR_NOT_FOUND", reason, { cause: error });
  }
  try {
    return checkRecording(JSON.parse(text));
  } catch (error) {
    if (error instanceof RollcallError) throw error;
    throw new RollcallError("ERR_WIRE", `${path} is no JSON`, { cause: error });
  }
}
