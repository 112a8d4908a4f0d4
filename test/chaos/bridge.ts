import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { rulesOf } from "./wire-rules.ts";
import type { WireState } from "./wire-rules.ts";
import { isRunning } from "../helpers/program.ts";

/** Namespaces of this program are called `rollcall-chaos-<pid>-…`, so that those of a dead run are known. */
const PREFIX = "rollcall-chaos";
const FOLDER = "/run/netns";
const COMMAND_MS = 10_000;

/**
 * A switch with nodes that nothing outside can reach: each node is a network namespace, joined by a
 * pair of virtual cables to a bridge in a namespace of its own. Everything here is synchronous, so
 * that it can be removed while the process exits.
 */
export class Bridge {
  readonly #name: string;
  readonly #nodes = new Map<string, string>();
  #isOpen = true;

  /** `tag` tells apart the bridges of one process. */
  constructor(tag: string) {
    this.#name = `${PREFIX}-${process.pid}-${tag}`;
    const hub = this.#space("hub");
    command("ip", ["netns", "add", hub]);
    command(
      "ip",
      ["-n", hub, "-batch", "-"],
      "link add name br0 type bridge\nlink set dev br0 up\n",
    );
    process.once("exit", this.#onExit);
  }

  /** Plugs in a node with one address, or several. */
  add(node: string, addresses: readonly string[]): void {
    const [hub, space] = [this.#space("hub"), this.#space(node)];
    this.#nodes.set(node, space);
    command("ip", ["netns", "add", space]);
    const cable = ["type", "veth", "peer", "name", "eth0", "netns", space];
    command("ip", ["link", "add", "name", node, "netns", hub, ...cable]);
    command("ip", ["-n", hub, "link", "set", "dev", node, "master", "br0", "up"]);
    const setup = [
      ...addresses.map((address) => `addr add ${address}/16 dev eth0`),
      // One packet on the wire for each segment of TCP, as outside a machine.
      "link set dev eth0 gso_max_segs 1",
      "link set dev eth0 up",
      "link set dev lo up",
    ];
    command("ip", ["-n", space, "-batch", "-"], `${setup.join("\n")}\n`);
  }

  /** The words before a command that make it run on a node. */
  enter(node: string): readonly string[] {
    return ["ip", "netns", "exec", this.#space(node)];
  }

  /** Puts the wire into a state, at once and as a whole. */
  wire(state: WireState): void {
    const [program = "", ...args] = this.enter("hub");
    command(program, [...args, "nft", "-f", "-"], rulesOf(state));
  }

  /** Packets that were lost by chance so far. */
  get lost(): number {
    const [program = "", ...args] = this.enter("hub");
    const text = command(program, [...args, "nft", "list", "table", "bridge", "chaos"]);
    return Number(/counter packets (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Removes everything; the processes in it have ended by then. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off("exit", this.#onExit);
    for (const space of [...this.#nodes.values(), this.#space("hub")]) {
      spawnSync("ip", ["netns", "del", space], { timeout: COMMAND_MS });
    }
  }

  readonly #onExit = (): void => this.close();

  #space(node: string): string {
    return `${this.#name}-${node}`;
  }
}

/** Namespaces that a killed run has left behind are removed, with the processes in them. */
export function sweep(): void {
  for (const space of spaces()) {
    const pid = Number(space.slice(PREFIX.length + 1).split("-")[0]);
    if (isRunning(pid)) continue;
    const { stdout } = spawnSync("ip", ["netns", "pids", space], { encoding: "utf8" });
    for (const child of stdout.split("\n").filter((line) => line !== "")) kill(Number(child));
    spawnSync("ip", ["netns", "del", space], { timeout: COMMAND_MS });
  }
}

/** Namespaces of this program that exist. */
export function spaces(pid?: number): readonly string[] {
  const prefix = pid === undefined ? `${PREFIX}-` : `${PREFIX}-${pid}-`;
  try {
    return readdirSync(FOLDER).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

function command(program: string, args: readonly string[], input?: string): string {
  const options = { encoding: "utf8", timeout: COMMAND_MS, input: input ?? "" } as const;
  const { status, stdout, stderr, error } = spawnSync(program, [...args], options);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
