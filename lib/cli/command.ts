import type { Io } from "./io.ts";
import type { Log } from "./log.ts";
import type { Options } from "./settings/options.ts";
import type { Setting } from "./settings/setting.ts";
import type { LOG_LEVELS } from "./settings/tables.ts";
import type { Stop } from "./stop.ts";

/** What a command is given for one run. */
export interface Context {
  readonly io: Io;
  /** Its operands, in order. */
  readonly args: readonly string[];
  readonly options: Options;
  readonly log: Log;
  readonly stop: Stop;
}

/** One command of the command line. */
export interface CliCommand {
  readonly name: string;
  /** Its operands as the help shows them: `<service> [command...]`. */
  readonly operands: string;
  readonly summary: string;
  /** Paragraphs of the help, below the usage. */
  readonly description: string;
  readonly settings: readonly Setting[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Resolves with the exit code; a `RollcallError` brings its own. */
  run(context: Context): Promise<number>;
}

/** Prints one line of results. */
export function print({ io }: Pick<Context, "io">, line: string): void {
  io.stdout.write(`${line}\n`);
}
