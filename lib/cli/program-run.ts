import { spawn } from "node:child_process";
import { isatty } from "node:tty";
import type { Output } from "./io.ts";
import { visible } from "./render/text.ts";
import { exitCodeOf } from "./stop.ts";
import type { Stop, StopSignal } from "./stop.ts";

/** As shells have it. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Signals that mean nothing to us, but may to the program. */
const PASSED_ON = ["SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** What a program is run with. */
export interface ProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stop: Stop;
  readonly stderr: Output;
  /** Takes work away from the program; never rejects. SIGTERM waits for it, a second one does not. */
  readonly drain: () => Promise<void>;
}

/**
 * Runs a program on our own stdin, stdout and stderr, hands signals on to it, and resolves with the
 * exit code a shell would give.
 */
export function runProgram(
  command: readonly string[],
  { env, stop, stderr, drain }: ProgramOptions,
): Promise<number> {
  const [file = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    let isDraining = false;
    const onSignal = (signal: StopSignal): void => {
      // The terminal has sent its Ctrl-C to the whole group already; many programs take a second
      // one as an order to stop at once.
      if (signal === "SIGINT" && isatty(0)) return;
      if (signal !== "SIGTERM" || isDraining) return void child.kill(signal);
      isDraining = true;
      void drain().then(() => child.kill(signal));
    };
    // The terminal sends its Ctrl-\ to the whole group as well.
    const passOn = (signal: NodeJS.Signals): void => {
      if (signal !== "SIGQUIT" || !isatty(0)) child.kill(signal);
    };
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const end = (code: number): void => {
      stop.handOver(null);
      for (const signal of PASSED_ON) process.off(signal, passOn);
      resolve(code);
    };
    stop.handOver(onSignal);
    child.on("exit", (code, signal) => end(signal === null ? (code ?? 0) : exitCodeOf(signal)));
    child.on("error", (error: NodeJS.ErrnoException) => {
      // Failures to send a signal are told here as well; then the program still runs.
      if (child.pid !== undefined) return;
      const isMissing = error.code === "ENOENT";
      const reason = isMissing ? "command not found" : error.message;
      stderr.write(`rollcall: ${visible(file)}: ${reason}\n`);
      end(isMissing ? NOT_FOUND : NOT_EXECUTABLE);
    });
  });
}
