import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { JoinOptions } from "../../lib/index.ts";
import { until } from "../helpers/until.ts";
import type { Rig } from "../helpers/rig.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
/** Starting a process takes this long at most, on a busy machine. */
const START_MS = 30_000;

/** A real process that prints one JSON value a line, and that this test alone started. */
export class Child {
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  readonly #process: ChildProcess;
  #said = "";

  constructor(program: string, setup: object) {
    const args = ["--import", "tsx", `${FOLDER}${program}.ts`, JSON.stringify(setup)];
    this.#process = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
  }

  /** Starts it and waits for its first line. It is ended with the test. */
  static async start(rig: Rig, program: string, setup: object): Promise<Child> {
    const child = new Child(program, setup);
    rig.after(() => child.end());
    await until(() => child.lines.length > 0 || child.exitCode !== null, {
      deadlineMs: START_MS,
      what: `${program} says that it is up`,
    });
    return child;
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  get last(): Readonly<Record<string, unknown>> {
    return this.lines.at(-1) ?? {};
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process.kill("SIGCONT");
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.kill();
    await ended;
  }

  #read(text: string): void {
    const lines = (this.#said + text).split("\n");
    this.#said = lines.pop() ?? "";
    for (const line of lines) this.lines.push(JSON.parse(line) as Record<string, unknown>);
  }
}

/** Members of one process: `prefix-0`, `prefix-1`, … */
export interface Crew {
  readonly registrar: string;
  readonly service: string;
  readonly prefix: string;
  readonly count: number;
  /** Each member prints whoever leaves its own list. */
  readonly tell?: boolean;
  readonly options?: Partial<JoinOptions>;
}

/** Ids of a crew. */
export function idsOf({ prefix, count }: Crew): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}
