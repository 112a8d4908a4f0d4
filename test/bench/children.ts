import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Roles } from "../helpers/compiled.ts";
import type { Commands, Request, Response } from "./serve.ts";

const READY_MS = 120_000;
const STOP_MS = 3000;

/** Where children find their program, and what is given to Node besides. */
export interface Workshop {
  readonly roles: Roles;
  /** The folder for CPU profiles of registrars and floors; undefined writes none. */
  readonly profiles: string | undefined;
}

interface Call {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One child process in a role, and the calls that wait for it. */
export class Child<C extends Commands> {
  readonly role: string;
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, Call>();
  #last = 0;

  constructor(role: string, process: ChildProcess) {
    this.role = role;
    this.#process = process;
    process.on("message", (response: Response) => this.#answered(response));
    process.on("exit", (code, signal) => this.#ended(`${role} ended with ${code ?? signal}`));
    process.on("error", (error) => this.#ended(`${role}: ${error.message}`));
  }

  /** Runs a command in the child; rejects when it fails, takes two minutes, or the child ends. */
  ask<K extends keyof C & string>(
    command: K,
    argument: Parameters<C[K]>[0],
  ): Promise<Awaited<ReturnType<C[K]>>> {
    const call = (this.#last += 1);
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`${this.role} did not finish ${command} in time`));
      const timer = setTimeout(late, READY_MS);
      this.#calls.set(call, { resolve, reject, timer });
      const request: Request = { call, command, argument };
      this.#process.send(request, (error) => {
        if (error !== null) this.#ended(`${this.role}: ${error.message}`);
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Hangs up, which ends the child, and kills it if that takes too long. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(timer);
  }

  #answered({ call, result, error }: Response): void {
    const waiting = this.#calls.get(call);
    if (waiting === undefined) return;
    this.#calls.delete(call);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result as never);
    else waiting.reject(new Error(`${this.role}: ${error}`));
  }

  #ended(why: string): void {
    for (const { reject, timer } of this.#calls.values()) {
      clearTimeout(timer);
      reject(new Error(why));
    }
    this.#calls.clear();
  }
}

/** All children of one scenario, so that none is left behind. */
export class Crew implements AsyncDisposable {
  readonly #workshop: Workshop;
  readonly #children = new Set<Child<Commands>>();

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    process.once("exit", this.#abandon);
  }

  /** Starts a child in a role, which is a file of `roles`. */
  start<C extends Commands>(role: string, options: { readonly profile?: boolean } = {}): Child<C> {
    const { roles, profiles } = this.#workshop;
    const isProfiled = profiles !== undefined && options.profile === true;
    const execArgv = isProfiled ? ["--cpu-prof", `--cpu-prof-dir=${join(profiles, role)}`] : [];
    const child = new Child<C>(
      role,
      fork(roles(role), [], {
        execArgv,
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      }),
    );
    this.#children.add(child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.stop()));
    process.off("exit", this.#abandon);
  }

  /** The bench ends in the middle: even a stopped child must not outlive it. */
  readonly #abandon = (): void => {
    for (const child of this.#children) child.kill("SIGKILL");
  };
}
