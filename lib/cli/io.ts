import { inColour, plainly } from "./render/style.ts";
import type { Paint } from "./render/style.ts";

/** An output of the process; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** What a command has of the process around it. */
export interface Io {
  /** Results, nothing else. */
  readonly stdout: Output;
  /** Errors and the log. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file that runs this command line, to start it again as a child. */
  readonly program: string;
}

const COLUMNS = 100;
const ROWS = 24;

/** The size of a terminal; of anything else, one that is easy to read. */
export function sizeOf(output: Output): { readonly columns: number; readonly rows: number } {
  const { columns = 0, rows = 0 } = output;
  // A terminal without a size reports zeros.
  return { columns: columns > 0 ? columns : COLUMNS, rows: rows > 0 ? rows : ROWS };
}

/** True for a terminal that can move its cursor. */
export function isScreen({ env }: Io, output: Output): boolean {
  return output.isTTY === true && env["TERM"] !== "dumb";
}

/** Colours on a terminal, unless `NO_COLOR` is set (no-color.org). */
export function paintFor(io: Io, output: Output): Paint {
  const { NO_COLOR = "" } = io.env;
  return isScreen(io, output) && NO_COLOR === "" ? inColour : plainly;
}
