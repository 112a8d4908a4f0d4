import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../helpers/until.ts";

/** The command line as it ships; `npm test` builds it first. */
export const PROGRAM = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** Processes start slowly on a busy machine. */
const DEADLINE_MS = 30_000;

/** How a run is started. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Flags of node itself, which a demo hands on to its members. */
  readonly node?: readonly string[];
}

/** One run of `rollcall` as a process of its own; it is killed when the test ends. */
export class Run {
  readonly child: ChildProcess;
  readonly #words: string;
  readonly #ended: Promise<void>;
  stdout = "";
  stderr = "";

  constructor(
    t: TestContext,
    args: readonly string[],
    { env = {}, cwd, node = [] }: RunOptions = {},
  ) {
    this.#words = args.join(" ");
    this.child = spawn(process.execPath, [...node, PROGRAM, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...withoutOurs(process.env), ...env },
      cwd,
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.#ended = once(this.child, "close").then(() => {});
    t.after(async () => {
      this.child.kill("SIGKILL");
      await this.#ended;
    });
  }

  /** Lines of stdout that are complete. */
  get lines(): readonly string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  /** Lines of stdout as JSON. */
  get objects(): readonly Readonly<Record<string, unknown>>[] {
    return this.lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.#words} did not start`);
    return this.child.pid;
  }

  /** The exit code once it has ended; fails if it does not in time. */
  async code(): Promise<number | null> {
    await this.#until(() => this.child.exitCode !== null || this.child.signalCode !== null, "end");
    await this.#ended;
    return this.child.exitCode;
  }

  /** Waits until stdout satisfies the condition. */
  async printed(condition: (stdout: string) => boolean, what: string): Promise<void> {
    await this.#until(() => condition(this.stdout), what);
  }

  /** Waits until stderr satisfies the condition. */
  async logged(condition: (stderr: string) => boolean, what: string): Promise<void> {
    await this.#until(() => condition(this.stderr), what);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    try {
      await until(condition, { what, deadlineMs: DEADLINE_MS });
    } catch (error) {
      const printed = `stdout: ${this.stdout}\nstderr: ${this.stderr}`;
      throw new Error(`rollcall ${this.#words}: ${what}\n${printed}`, { cause: error });
    }
  }
}

/** Runs to the end. */
export async function finished(
  t: TestContext,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const run = new Run(t, args, options);
  const code = await run.code();
  return { code, stdout: run.stdout, stderr: run.stderr };
}

/** Starts `serve` on free ports and resolves when it listens. */
export async function served(
  t: TestContext,
  ...args: readonly string[]
): Promise<{ readonly run: Run; readonly survey: string; readonly roster: string }> {
  const ports = ["--survey", "tcp://127.0.0.1:0", "--roster", "tcp://127.0.0.1:0"];
  const run = new Run(t, ["serve", "--json", ...ports, ...args]);
  await run.printed((text) => text.includes("\n"), "tells its endpoints");
  const [serving] = run.objects;
  return { run, survey: String(serving?.["survey"]), roster: String(serving?.["roster"]) };
}

/** True while a process with this pid exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The environment without options of ours. */
export function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("ROLLCALL_")));
}
