import { Child } from "./child.ts";
import type { Line } from "./child.ts";
import type { Bridge } from "./bridge.ts";
import type { Roles } from "../helpers/compiled.ts";
import { machineMs } from "../bench/clock.ts";
import { until } from "../helpers/until.ts";

/** A process on a node of the bridge. */
export interface Casting {
  /** The node it runs on, and by which its lines are known. */
  readonly node: string;
  /** A file of `roles`, or a whole command of another system. */
  readonly role: string | readonly string[];
  readonly setup?: object;
  /** Open files that the process may have. */
  readonly files?: number;
  /** Another name than the node's, where several processes run on it. */
  readonly name?: string;
}

/** How long a process may take until it says that it is up. */
const START_MS = 30_000;

/** Other work on the machine must not look like a fault; without the right to it this changes nothing. */
const URGENT = ["nice", "-n", "-5"];

/** All processes of one run, by name, so that none is left behind. */
export class Crowd {
  readonly #bridge: Bridge;
  readonly #roles: Roles;
  readonly #heard: (node: string, line: Line | { readonly text: string }) => void;
  readonly #children = new Map<string, Child>();
  readonly #castings = new Map<string, Casting>();
  readonly #up = new Set<string>();
  readonly failures: string[] = [];

  constructor(of: {
    readonly bridge: Bridge;
    readonly roles: Roles;
    readonly heard: (node: string, line: Line | { readonly text: string }) => void;
  }) {
    this.#bridge = of.bridge;
    this.#roles = of.roles;
    this.#heard = of.heard;
    process.once("exit", this.#abandon);
  }

  /** Starts a process; `ready` waits until it is up. */
  start(casting: Casting): void {
    const name = casting.name ?? casting.node;
    this.#castings.set(name, casting);
    this.#up.delete(name);
    const child: Child = new Child({
      command: this.#commandOf(casting),
      heard: (line) => {
        if (this.#children.get(name) !== child) return;
        if ("kind" in line && line["kind"] === "up") this.#up.add(name);
        this.#heard(name, line);
      },
      failed: (how) => this.failures.push(`${name} at ${Math.round(machineMs())}: ${how}`),
    });
    this.#children.set(name, child);
  }

  /** Starts again what was killed, as it was. */
  restart(name: string): void {
    const casting = this.#castings.get(name);
    if (casting !== undefined) this.start(casting);
  }

  isUp(name: string): boolean {
    return this.#up.has(name) && this.#children.get(name)?.isRunning === true;
  }

  /** Resolves when all of these are up; fails with what they complained of. */
  async ready(names: readonly string[]): Promise<void> {
    await until(() => this.failures.length > 0 || names.every((name) => this.#up.has(name)), {
      deadlineMs: START_MS,
      what: `${names.filter((name) => !this.#up.has(name)).join(", ")} are up`,
    });
    if (this.failures.length > 0) throw new Error(this.failures.join("\n"));
  }

  child(name: string): Child | undefined {
    return this.#children.get(name);
  }

  kill(name: string): void {
    this.#up.delete(name);
    this.#children.get(name)?.kill();
  }

  async end(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.end()));
    process.off("exit", this.#abandon);
  }

  /** The program ends in the middle: even a stopped child must not outlive it. */
  readonly #abandon = (): void => {
    for (const child of this.#children.values()) child.kill();
  };

  #commandOf({ node, role, setup, files }: Casting): readonly string[] {
    const program =
      typeof role === "string"
        ? [process.execPath, this.#roles(role), JSON.stringify(setup ?? {})]
        : role;
    const inside = [...URGENT, ...this.#bridge.enter(node), ...program];
    return files === undefined
      ? inside
      : ["sh", "-c", `ulimit -n ${files} && exec "$@"`, "sh", ...inside];
  }
}
