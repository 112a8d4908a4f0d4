import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type { TestContext } from "node:test";
import { join, startRegistrar, watch } from "../../lib/index.ts";
import type {
  JoinOptions,
  Logger,
  Member,
  Registrar,
  RegistrarOptions,
  Watcher,
  WatchOptions,
} from "../../lib/index.ts";
import { Proxy } from "./proxy.ts";
import { RawClient } from "./raw.ts";

/** Ports that the system chooses. */
export const ANYWHERE = { survey: "tcp://127.0.0.1:0", roster: "tcp://127.0.0.1:0" } as const;

/**
 * A registrar that judges soon, for tests that wait for its judgement. Slow machines must not make
 * it judge wrongly: it is for tests whose peers really are silent.
 */
export const QUICK = {
  surveyIntervalMs: 200,
  answerWindowMs: 200,
  probeIntervalMs: 100,
  announceIntervalMs: 200,
  reconnectMaxMs: 200,
  rejoinJitterMs: 50,
} as const;

/** Everything a test starts: when it ends clients are closed first, the rest in reverse order. */
export class Rig {
  readonly #closers: (() => unknown)[] = [];
  readonly #clients: { close(): Promise<void> }[] = [];
  /** Ends what a failed test still waits for. */
  readonly #end = new AbortController();

  constructor(t: TestContext) {
    setMaxListeners(0, this.#end.signal);
    t.after(() => this.#close());
  }

  /** Runs at the end, after the clients are closed and before what was started earlier is. */
  after(close: () => unknown): void {
    // A test that has failed may go on behind our back.
    if (this.#end.signal.aborted) close();
    else this.#closers.push(close);
  }

  async registrar(options: RegistrarOptions = {}): Promise<Registrar> {
    const registrar = await startRegistrar({ ...ANYWHERE, logger: false, ...options });
    this.after(() => registrar.close());
    return registrar;
  }

  join(registrar: Registrar | string, options: Omit<JoinOptions, "registrar">): Promise<Member> {
    return this.member({ registrar: surveyOf(registrar), ...options });
  }

  async member(options: JoinOptions): Promise<Member> {
    const member = await join({ logger: false, signal: this.#end.signal, ...options });
    this.#client(member);
    return member;
  }

  watch(
    registrar: Registrar | string,
    options: Omit<WatchOptions, "registrar"> = { service: "cache" },
  ): Watcher {
    return this.watcher({ registrar: surveyOf(registrar), ...options });
  }

  watcher(options: WatchOptions): Watcher {
    const watcher = watch({ logger: false, ...options });
    this.#client(watcher);
    return watcher;
  }

  /** A watcher that holds its first list. */
  async ready(
    registrar: Registrar | string,
    options?: Omit<WatchOptions, "registrar">,
  ): Promise<Watcher> {
    const watcher = this.watch(registrar, options);
    await watcher.ready({ signal: AbortSignal.timeout(10_000) });
    return watcher;
  }

  /** A link to an endpoint that can be held and cut. */
  async proxy(endpoint: string): Promise<Proxy> {
    const proxy = await Proxy.to(endpoint);
    this.after(() => proxy.close());
    return proxy;
  }

  raw(registrar: Registrar): RawClient {
    const client = new RawClient(registrar.endpoints.survey);
    this.after(() => client.close());
    return client;
  }

  folder(): string {
    const folder = mkdtempSync(joinPath(tmpdir(), "rollcall-"));
    this.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  #client(client: { close(): Promise<void> }): void {
    if (this.#end.signal.aborted) void client.close();
    else this.#clients.push(client);
  }

  async #close(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#clients.map((client) => client.close()));
    for (const close of this.#closers.reverse()) await close();
  }
}

function surveyOf(registrar: Registrar | string): string {
  return typeof registrar === "string" ? registrar : registrar.endpoints.survey;
}

/** A logger that writes down what it is told. */
export class Log implements Logger {
  readonly lines: { readonly level: string; readonly event: string; readonly facts: object }[] = [];

  debug(facts: object, event: string): void {
    this.lines.push({ level: "debug", event, facts });
  }

  info(facts: object, event: string): void {
    this.lines.push({ level: "info", event, facts });
  }

  warn(facts: object, event: string): void {
    this.lines.push({ level: "warn", event, facts });
  }

  error(facts: object, event: string): void {
    this.lines.push({ level: "error", event, facts });
  }

  of(event: string): readonly object[] {
    return this.lines.filter((line) => line.event === event).map((line) => line.facts);
  }
}

/** Rejects with one of our errors of this code. */
export function code(expected: string): (error: unknown) => boolean {
  return (error) => {
    const found = error instanceof Error && "code" in error ? error.code : String(error);
    if (error instanceof Error && error.name === "RollcallError" && found === expected) return true;
    throw new Error(`expected ${expected}, got ${String(found)}: ${String(error)}`, {
      cause: error,
    });
  };
}
