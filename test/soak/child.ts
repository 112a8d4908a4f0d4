import { fork, type ChildProcess } from "node:child_process";
import { Child as Asked } from "../bench/children.ts";
import type { Commands, Response } from "../bench/serve.ts";
import type { Fact } from "./facts.ts";

/** What a child says: an answer, or facts that it saw. */
type Message = Response | { readonly facts: readonly Fact[] };

const all = new Set<ChildProcess>();
// Even a stopped child must not outlive us.
process.once("exit", () => all.forEach((child) => child.kill("SIGKILL")));

/** One process in a role, which may be frozen and killed. It ends when we do. */
export class Child<C extends Commands> {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #asked: Asked<C>;
  readonly #exited: Promise<void>;

  constructor(name: string, program: string, heard: (facts: readonly Fact[]) => void) {
    this.name = name;
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    this.#process = fork(program, [name], { execArgv: ["--expose-gc"], stdio: [...stdio] });
    all.add(this.#process);
    this.#asked = new Asked<C>(name, this.#process);
    this.#process.on("message", (message: Message) => {
      if ("facts" in message) heard(message.facts);
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once("exit", () => {
        all.delete(this.#process);
        resolve();
      });
    });
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Runs a command in the child; rejects when it fails, takes two minutes, or the child ends. */
  ask<K extends keyof C & string>(
    command: K,
    argument: Parameters<C[K]>[0],
  ): Promise<Awaited<ReturnType<C[K]>>> {
    return this.#asked.ask(command, argument);
  }

  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process.kill("SIGCONT");
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }
}
