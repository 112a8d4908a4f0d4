import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { openClientPort } from "../../lib/transport/client-port.ts";
import type { ClientPort, RegistrarPort, RegistrarPortOptions } from "../../lib/transport/port.ts";
import { openRegistrarPort } from "../../lib/transport/registrar-port.ts";
import { until } from "../helpers/until.ts";

export const PROTOCOLS = ["tcp", "ipc"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const WELCOME = "welcome";
const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));

export function bytes(text: string): Buffer {
  return Buffer.from(text);
}

export function text(frame: Uint8Array | undefined): string {
  return frame === undefined ? "" : Buffer.from(frame).toString("utf8");
}

/** Endpoints to bind, both new. */
export function freshEndpoints(
  t: TestContext,
  protocol: Protocol,
): { survey: string; roster: string } {
  if (protocol === "tcp") return { survey: "tcp://127.0.0.1:0", roster: "tcp://127.0.0.1:0" };
  const folder = freshFolder(t);
  return { survey: `ipc://${join(folder, "survey")}`, roster: `ipc://${join(folder, "roster")}` };
}

export function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A registrar's port that writes down what it reports. */
export class Registrar {
  readonly received: { readonly route: string; readonly text: string; readonly frames: number }[] =
    [];
  readonly disconnected: string[] = [];
  readonly unreachable: string[] = [];
  readonly congested: string[] = [];
  /** `+topic` and `-topic`, in order. */
  readonly subscriptions: string[] = [];
  readonly failures: unknown[] = [];
  port!: RegistrarPort;
  /** Called within `received`. */
  onReceived: (text: string) => void = () => undefined;

  static async open(t: TestContext, options: Partial<RegistrarPortOptions>): Promise<Registrar> {
    const registrar = new Registrar();
    registrar.port = await openRegistrarPort(
      {
        ...freshEndpoints(t, "tcp"),
        welcome: () => bytes(WELCOME),
        heartbeatTimeoutMs: 30_000,
        ...options,
      },
      {
        received: (route, frames) => registrar.#hear(route, frames),
        disconnected: (route) => registrar.disconnected.push(route),
        unreachable: (route) => registrar.unreachable.push(route),
        congested: (route) => registrar.congested.push(route),
        subscribed: (topic) => registrar.subscriptions.push(`+${topic}`),
        unsubscribed: (topic) => registrar.subscriptions.push(`-${topic}`),
        cleared: () => registrar.subscriptions.push("cleared"),
        failed: (error) => registrar.failures.push(error),
      },
    );
    t.after(() => registrar.port.close());
    return registrar;
  }

  #hear(route: string, frames: readonly Uint8Array[]): void {
    const said = text(frames[0]);
    this.received.push({ route, text: said, frames: frames.length });
    this.onReceived(said);
  }

  /** The connection that said this, waited for. */
  async route(said: string): Promise<string> {
    const found = (): string | undefined =>
      this.received.find((message) => message.text === said)?.route;
    await until(() => found() !== undefined, { what: `the registrar hears ${said}` });
    return found() ?? "";
  }

  send(route: string, said: string): void {
    this.port.send(route, bytes(said));
  }

  publish(...frames: readonly string[]): void {
    this.port.publish(frames.map(bytes));
  }
}

/** A client's port that writes down what it reports. */
export class Client {
  readonly received: string[] = [];
  readonly published: string[][] = [];
  readonly failures: unknown[] = [];
  lost = 0;
  readonly port: ClientPort;

  constructor(t: TestContext, reconnectMinMs = 10, ahead?: string) {
    this.port = openClientPort(
      { reconnectMinMs, detachMs: 2000, ahead },
      {
        received: (frame) => this.received.push(text(frame)),
        lost: () => {
          this.lost += 1;
          this.received.push("(lost)");
        },
        published: (frames) => this.published.push(frames.map(text)),
        failed: (error) => this.failures.push(error),
      },
    );
    t.after(() => this.port.close(0));
  }

  /** Dials and waits for the welcome. */
  async dial(endpoint: string): Promise<this> {
    const before = this.received.length;
    this.port.dial(endpoint);
    await until(() => this.received.slice(before).includes(WELCOME), {
      what: `a welcome from ${endpoint}`,
    });
    return this;
  }

  send(said: string): void {
    this.port.send(bytes(said));
  }
}

/** A real process; `mode` says what it does, see child.ts. */
export class Child {
  readonly process: ChildProcess;
  output = "";

  constructor(t: TestContext, mode: string, ...args: readonly string[]) {
    this.process = spawn(process.execPath, ["--import", "tsx", CHILD, mode, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.process.stdout?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    t.after(() => this.process.kill("SIGKILL"));
  }

  /** Waits for a line. */
  async says(line: string): Promise<this> {
    await until(() => this.output.includes(`${line}\n`), {
      deadlineMs: 30_000,
      what: `a child says ${line}`,
    });
    return this;
  }

  /** The exit code, or the signal. */
  async exit(deadlineMs: number): Promise<number | string | null> {
    const { process: child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const late = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
      await once(child, "exit");
      clearTimeout(late);
    }
    return child.exitCode ?? child.signalCode;
  }
}
