import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** One line that a child told. */
export type Line = Readonly<Record<string, unknown>> & { readonly atMs: number };

/** How to start a child: the whole command, and who hears its lines. */
export interface ChildOptions {
  readonly command: readonly string[];
  /** Lines that are no JSON are handed over as `text`. */
  readonly heard: (line: Line | { readonly text: string }) => void;
  /** It ended without having been told to. */
  readonly failed: (how: string) => void;
}

/** A process that tells JSON lines and can be stopped, continued and killed. */
export class Child {
  readonly #process: ChildProcess;
  #isEnding = false;
  #said = "";

  constructor({ command, heard, failed }: ChildOptions) {
    const [program = "", ...args] = command;
    // In a session of its own: the scheduler of Linux shares processors between sessions first, and
    // other work on the machine must not look like a fault.
    const options = { stdio: "pipe", detached: true } as const;
    this.#process = spawn(program, args, options);
    this.#process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#said + text).split("\n");
      this.#said = lines.pop() ?? "";
      for (const line of lines) heard(parsed(line));
    });
    let complaint = "";
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_MAX);
    });
    this.#process.stdin?.on("error", () => {});
    this.#process.on("error", (error) => failed(error.message));
    this.#process.on("exit", (code, signal) => {
      if (!this.#isEnding) failed(`ended with ${code ?? signal}: ${complaint.trim()}`);
    });
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  say(line: object): void {
    this.#process.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process.kill("SIGCONT");
  }

  /** `kill -9`, whether it is stopped or not. */
  kill(): void {
    this.#isEnding = true;
    this.#process.kill("SIGKILL");
  }

  /** Kills it and waits until it is gone. */
  async end(): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.kill();
    await ended;
  }
}

/** What a child complained of last is kept for the report. */
const COMPLAINT_MAX = 2000;

function parsed(line: string): Line | { readonly text: string } {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return { text: line };
  }
}
