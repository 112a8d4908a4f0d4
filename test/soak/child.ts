import { fork, type ChildProcess } from "node:child_process";
import type { Commands, Request, Response } from "../bench/serve.ts";
import type { Fact } from "./facts.ts";

const ASK_MS = 120_000;

/** What a child says: an answer, or facts that it saw. */
type Message = Response | { readonly facts: readonly Fact[] };

interface Call {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const all = new Set<ChildProcess>();
// Even a stopped child must not outlive us.
process.once("exit", () => all.forEach((child) => child.kill("SIGKILL")));

/** One process in a role. It ends when we do. */
export class Child<C extends Commands> {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, Call>();
  readonly #exited: Promise<void>;
  #last = 0;

  constructor(name: string, program: string, heard: (facts: readonly Fact[]) => void) {
    this.name = name;
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    this.#process = fork(program, [name], { execArgv: ["--expose-gc"], stdio: [...stdio] });
    all.add(this.#process);
    this.#process.on("message", (message: Message) => {
      if ("facts" in message) heard(message.facts);
      else this.#answered(message);
    });
    this.#process.on("error", (error) => this.#ended(error.message));
    this.#exited = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => {
        all.delete(this.#process);
        this.#ended(`ended with ${code ?? signal}`);
        resolve();
      });
    });
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Runs a command in the child; rejects when it fails, takes too long, or the child ends. */
  ask<K extends keyof C & string>(
    command: K,
    argument: Parameters<C[K]>[0],
  ): Promise<Awaited<ReturnType<C[K]>>> {
    const call = (this.#last += 1);
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`${this.name} did not finish ${command}`));
      this.#calls.set(call, { resolve, reject, timer: setTimeout(late, ASK_MS) });
      const request: Request = { call, command, argument };
      this.#process.send(request, (error) => {
        if (error !== null) this.#ended(error.message);
      });
    });
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

  #answered({ call, result, error }: Response): void {
    const waiting = this.#calls.get(call);
    if (waiting === undefined) return;
    this.#calls.delete(call);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result as never);
    else waiting.reject(new Error(`${this.name}: ${error}`));
  }

  #ended(why: string): void {
    for (const { reject, timer } of this.#calls.values()) {
      clearTimeout(timer);
      reject(new Error(`${this.name} ${why}`));
    }
    this.#calls.clear();
  }
}
