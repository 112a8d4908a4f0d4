import type { Socket } from "zeromq";
import { closeFully } from "./closing.ts";
import { isName, parseEndpoint } from "./endpoint.ts";
import { type HandshakeFailure, watchHandshakes } from "./handshake.ts";
import { type Readable, readUntilClosed } from "./reading.ts";

/** What an outlet is made of. */
export interface OutletParts<S extends Socket & Readable> {
  /** Makes a socket that is not connected yet. */
  readonly make: (ipv6: boolean) => S;
  readonly message: (frames: readonly Uint8Array[]) => void;
  readonly failed: (error: unknown) => void;
  /**
   * Tells why a handshake failed: with keys always, else at few attempts alone, because a connection that
   * comes of one has two files more as long as it lasts. Where somebody was heard before it is a late one:
   * that the registrar has keys now is rarer than that it is away.
   */
  readonly unwelcome?: (failure: HandshakeFailure) => void;
  readonly hasKeys?: boolean;
}

/** Which attempts in silence are told of, without keys. The second at a name is in another address family. */
const TOLD_ATTEMPTS: Readonly<Record<"unheard" | "heard", readonly number[]>> = {
  unheard: [2, 3],
  heard: [5],
};

/** One attempt to speak with an endpoint. */
interface Line<S> {
  readonly socket: S;
  readonly endpoint: string;
  readonly ipv6: boolean;
  /** Attempts at this endpoint since something was heard, this one included. */
  readonly attempt: number;
  /** True once anything came. */
  heard: boolean;
  /** Settles when the monitor of its handshakes has ended; undefined without one. */
  monitored: Promise<void> | undefined;
}

/**
 * The connecting side: one socket at a time, and a new one for each `open`. Disconnecting the old
 * socket and connecting it again would do less: what was queued in it, in and out, would reach the
 * new connection, and after some failures libzmq is silent for ever on the old one.
 */
export class Outlet<S extends Socket & Readable> {
  readonly #parts: OutletParts<S>;
  readonly #ending = new Set<Promise<void>>();
  #line: Line<S> | undefined;
  #last: Line<S> | undefined;
  /** Where somebody was heard last. */
  #known: string | undefined;
  /** Closes the connection that was detached last. */
  #release: (() => void) | undefined;

  constructor(parts: OutletParts<S>) {
    this.#parts = parts;
  }

  /** The socket in use. */
  get socket(): S | undefined {
    return this.#line?.socket;
  }

  /** Connects a new socket; the old one is dropped with all that it holds. */
  open(endpoint: string): void {
    this.drop(0);
    const ipv6 = this.#family(endpoint);
    const socket = this.#parts.make(ipv6);
    const attempt = this.#attempt(endpoint);
    const line: Line<S> = { socket, endpoint, ipv6, attempt, heard: false, monitored: undefined };
    this.#line = line;
    this.#last = line;
    this.#monitor(line);
    try {
      socket.connect(endpoint);
    } catch (error) {
      this.drop(0);
      throw error;
    }
    this.#track(this.#read(line));
  }

  /** Gives up the connection; what is queued has `lingerMs` to leave. */
  drop(lingerMs: number): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    this.#track(closeFully(line.socket, lingerMs, line.monitored));
  }

  /** Gives up the connection; the other end is not told before `forMs`, or before the next one ends. */
  detach(forMs: number): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    this.#release?.();
    const timer = setTimeout(() => this.#release?.(), forMs).unref();
    this.#release = () => {
      clearTimeout(timer);
      this.#release = undefined;
      this.#track(closeFully(line.socket, 0, line.monitored));
    };
  }

  /** Resolves when no socket is left, not even one that was dropped or detached earlier. */
  async close(lingerMs: number): Promise<void> {
    this.drop(lingerMs);
    this.#release?.();
    await Promise.all(this.#ending);
  }

  #read(line: Line<S>): Promise<void> {
    return readUntilClosed(line.socket, {
      message: (frames) => {
        if (this.#line !== line) return;
        line.heard = true;
        this.#known = line.endpoint;
        this.#parts.message(frames);
      },
      failed: this.#parts.failed,
    });
  }

  #attempt(endpoint: string): number {
    const last = this.#last;
    return last === undefined || last.endpoint !== endpoint || last.heard ? 1 : last.attempt + 1;
  }

  /** Before connecting, or the first failure is missed. */
  #monitor(line: Line<S>): void {
    const { hasKeys, unwelcome } = this.#parts;
    const told = TOLD_ATTEMPTS[this.#known === line.endpoint ? "heard" : "unheard"];
    if (hasKeys !== true && !told.includes(line.attempt)) return;
    line.monitored = watchHandshakes(line.socket, (failure) => {
      if (this.#line === line) unwelcome?.(failure);
    });
  }

  #track(work: Promise<void>): void {
    this.#ending.add(work);
    void work.finally(() => this.#ending.delete(work));
  }

  /**
   * libzmq looks a name up in one address family only, and with IPv6 on it never finds a registrar
   * on 127.0.0.1 under the name localhost. So a name is tried in IPv4 first, and each attempt at
   * which nothing was heard makes the next one change the family.
   */
  #family(endpoint: string): boolean {
    const parsed = parseEndpoint(endpoint, "connect", "endpoint");
    if (parsed.kind === "ipc") return false;
    if (!isName(parsed.host)) return parsed.host.includes(":");
    const last = this.#last;
    if (last === undefined || last.endpoint !== endpoint) return false;
    return last.heard ? last.ipv6 : !last.ipv6;
  }
}
