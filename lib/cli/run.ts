import { CommanderError } from "commander";
import { ERRORS, RollcallError } from "../index.ts";
import type { CliCommand } from "./command.ts";
import { demo } from "./commands/demo.ts";
import { explain } from "./commands/explain.ts";
import { join } from "./commands/join.ts";
import { keygen } from "./commands/keygen.ts";
import { peers } from "./commands/peers.ts";
import { record } from "./commands/record.ts";
import { replay } from "./commands/replay.ts";
import { serve } from "./commands/serve.ts";
import { watch } from "./commands/watch.ts";
import type { Io } from "./io.ts";
import { openLog } from "./log.ts";
import { parseCall, settingsOf } from "./program.ts";
import type { Call } from "./program.ts";
import { visible } from "./render/text.ts";
import { readConfigFile } from "./settings/config-file.ts";
import { Options } from "./settings/options.ts";
import { resolve } from "./settings/resolve.ts";
import type { Sources } from "./settings/resolve.ts";
import { COMMON } from "./settings/tables.ts";
import { exitCodeOf, Stop } from "./stop.ts";

/** Every command there is. */
export const COMMANDS: readonly CliCommand[] = [
  serve,
  join,
  watch,
  peers,
  explain,
  record,
  replay,
  keygen,
  demo,
];

/** A bug of ours, as sysexits.h has it. */
const SOFTWARE = 70;

/** Runs one command line and resolves with its exit code; errors have been printed then. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const stop = new Stop();
  stop.listen();
  try {
    const call = parseCall(COMMANDS, argv, {
      out: (text) => io.stdout.write(text),
      err: (text) => io.stderr.write(text),
    });
    return await runCall(call, io, stop);
  } catch (error) {
    return failed(error, io, stop);
  } finally {
    stop.release();
  }
}

async function runCall({ command, args, flags }: Call, io: Io, stop: Stop): Promise<number> {
  const options = new Options(optionsGiven(command, flags, io.env));
  const log = await openLog(io, options.text("logLevel") ?? command.logLevel);
  try {
    return await command.run({ io, args, options, log, stop });
  } catch (error) {
    throw error instanceof RollcallError ? options.blame(error) : error;
  }
}

function optionsGiven(
  command: CliCommand,
  flags: Sources["flags"],
  env: Io["env"],
): ReturnType<typeof resolve> {
  const outer = outerEnvironment(env);
  const found = resolve(COMMON, { flags, env: outer, file: null }).get("config")?.value;
  const known = new Set(COMMANDS.flatMap(settingsOf).map(({ key }) => key));
  known.delete("config");
  const file = typeof found === "string" ? readConfigFile(found, known) : null;
  return resolve(settingsOf(command), { flags, env: outer, file });
}

/**
 * Within the command of `rollcall join`, `ROLLCALL_ID` tells who that is; a further member started
 * there must not claim the same id.
 */
function outerEnvironment(env: Io["env"]): Io["env"] {
  return env["ROLLCALL_INSTANCE"] === undefined ? env : { ...env, ROLLCALL_ID: undefined };
}

function failed(error: unknown, io: Io, stop: Stop): number {
  // What a signal or a reader that went away has ended needs no message.
  if (stop.cause === "EPIPE") return 0;
  if (stop.cause !== null && error instanceof RollcallError && error.code === "ERR_ABORTED") {
    return exitCodeOf(stop.cause);
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ERRORS.ERR_OPTION.exit;
  if (error instanceof RollcallError) {
    io.stderr.write(`rollcall: ${error.code}: ${visible(error.message)}\n`);
    return error.exit;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`rollcall: unexpected: ${text}\n`);
  return SOFTWARE;
}
