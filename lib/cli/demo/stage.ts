import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { filter, firstValueFrom, fromEvent, takeUntil, timeout } from "rxjs";
import { RollcallError, startRegistrar, watch } from "../../index.ts";
import type { Change, JoinedCause, LeftCause, Registrar, Watcher } from "../../index.ts";
import type { Context } from "../command.ts";

/** The service that the members of the demo are listed under. */
export const SERVICE = "cache";
/** One machine, so the brisk numbers. */
export const PRESET = "local";
/** An event that does not come in this time fails the demo; the slowest is a process that starts. */
const DEADLINE_MS = 10_000;
const COMPLAINT_MAX = 2000;

/** A member process of ours. */
export interface Actor {
  readonly id: string;
  readonly pid: number;
  readonly child: ChildProcess;
  readonly startedMs: number;
  /** What it wrote on stderr. */
  complaint: string;
}

/** A change that has to be seen. */
export type Expected =
  | { readonly kind: "joined"; readonly cause: JoinedCause }
  | { readonly kind: "left"; readonly cause: LeftCause };

interface Sighting {
  readonly change: Change;
  readonly atMs: number;
}

/**
 * A registrar, a watcher, and member processes that are ended by their own pid. Whatever happens,
 * `close` leaves none of them behind; if this process is killed, they notice that their stdin ends.
 */
export class Stage {
  readonly registrar: Registrar;
  readonly watcher: Watcher;
  readonly #context: Context;
  readonly #actors = new Map<string, Actor>();
  readonly #hearings = new Set<(sighting: Sighting) => void>();
  readonly #onExit = (): void => this.#killAll();

  private constructor(context: Context, registrar: Registrar) {
    this.#context = context;
    this.registrar = registrar;
    this.watcher = watch({
      registrar: registrar.endpoints.survey,
      service: SERVICE,
      preset: PRESET,
      logger: context.log,
    });
    this.watcher.changes$.subscribe((change) => {
      const sighting = { change, atMs: performance.now() };
      for (const hear of this.#hearings) hear(sighting);
    });
    process.on("exit", this.#onExit);
  }

  /** Starts the registrar on free ports of this machine, and the watcher. */
  static async open(context: Context): Promise<Stage> {
    const registrar = await startRegistrar({
      survey: "tcp://127.0.0.1:0",
      roster: "tcp://127.0.0.1:0",
      preset: PRESET,
      logger: context.log,
    });
    const stage = new Stage(context, registrar);
    try {
      await stage.watcher.ready({ signal: context.stop.signal });
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Members that run, in the order in which they started. */
  get actors(): readonly Actor[] {
    return [...this.#actors.values()];
  }

  /** True where the watcher has it among the usable peers. */
  isListed(actor: Actor): boolean {
    return this.watcher.peers.some((peer) => peer.id === actor.id);
  }

  /** Starts a member: this same command line as a process of its own. */
  enter(id: string, zone: string): Actor {
    const { program, env } = this.#context.io;
    const { survey } = this.registrar.endpoints;
    const flags = ["--registrar", survey, "--preset", PRESET, "--id", id, "--zone", zone];
    const args = ["join", SERVICE, ...flags, "--stdin", "--log-level", "warn"];
    const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
      stdio: ["pipe", "ignore", "pipe"],
      env: cleanEnvironment(env),
    });
    // A pid of 0 would signal our own group; a process that could not start has none.
    if (child.pid === undefined) throw new RollcallError("ERR_CLOSED", `${id} did not start`);
    const { pid } = child;
    const actor: Actor = { id, pid, child, startedMs: performance.now(), complaint: "" };
    child.stderr?.on("data", (chunk: Buffer) => {
      actor.complaint = `${actor.complaint}${chunk.toString()}`.slice(-COMPLAINT_MAX);
    });
    child.on("exit", () => this.#actors.delete(id));
    this.#actors.set(id, actor);
    return actor;
  }

  /** Sends a signal and returns when that was. */
  signal(actor: Actor, signal: NodeJS.Signals): number {
    const atMs = performance.now();
    actor.child.kill(signal);
    return atMs;
  }

  /**
   * Resolves with the time at which the watcher saw it; rejects where it sees something else. Call
   * it in the same turn of the event loop as what causes it.
   */
  seen({ id }: Actor, expected: Expected): Promise<number> {
    const { signal } = this.#context.stop;
    const words = `${id} ${expected.kind} (${expected.cause})`;
    return new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => {
        finish();
        reject(new RollcallError("ERR_TIMEOUT", `${words} was not seen in ${DEADLINE_MS} ms`));
      }, DEADLINE_MS);
      const hear = ({ change, atMs }: Sighting): void => {
        if (change.peer.id !== id || change.kind === "updated") return;
        finish();
        if (change.kind === expected.kind && change.cause === expected.cause) resolve(atMs);
        else reject(surprise(words, `${change.kind} (${change.cause})`));
      };
      const onAbort = (): void => {
        finish();
        reject(new RollcallError("ERR_ABORTED"));
      };
      const finish = (): void => {
        clearTimeout(timer);
        this.#hearings.delete(hear);
        signal.removeEventListener("abort", onAbort);
      };
      this.#hearings.add(hear);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }

  /**
   * Resolves once the registrar judges. A new one, and one whose process stood still for a while,
   * learns first who is there.
   */
  async judging(): Promise<void> {
    const { signal } = this.#context.stop;
    const live$ = this.watcher.view$.pipe(
      filter((view) => view.authority === "live"),
      timeout({ first: DEADLINE_MS, with: tooLate }),
      takeUntil(fromEvent(signal, "abort")),
    );
    await firstValueFrom(live$, { defaultValue: null });
  }

  /** Ends every member, the watcher and the registrar. */
  async close(): Promise<void> {
    const ends = this.actors.map(
      ({ child }) => new Promise<void>((resolve) => child.once("exit", () => resolve())),
    );
    this.#killAll();
    await Promise.all(ends);
    process.off("exit", this.#onExit);
    await this.watcher.close();
    await this.registrar.close();
  }

  /** SIGKILL ends a stopped process as well. */
  #killAll(): void {
    for (const { child } of this.#actors.values()) child.kill("SIGKILL");
  }
}

function tooLate(): never {
  throw new RollcallError("ERR_TIMEOUT", `the registrar has not learned in ${DEADLINE_MS} ms`);
}

function surprise(expected: string, seen: string): RollcallError {
  return new RollcallError("ERR_TIMEOUT", `expected ${expected}, but it ${seen}`);
}

/** Options meant for the demo must not reach its members. */
function cleanEnvironment(env: Context["io"]["env"]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("ROLLCALL_")));
}
