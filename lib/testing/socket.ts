import type { Connection, CutEnds } from "./connection.ts";
import { Dialer } from "./dialer.ts";
import type { World } from "./network.ts";
import type { Host } from "./process.ts";
import type { Random } from "./random.ts";

/** The client's end of a connection, as the registrar's side needs it to make one. */
export interface ClientEnd<Down> {
  readonly host: Host;
  /** `sentMs` is when the registrar sent it. */
  readonly received: (value: Down, sentMs: number) => void;
  readonly lost: () => void;
  /** A message for this client found its queue full. */
  readonly dropped: () => void;
  readonly paceMs: () => number;
}

/** One connecting socket of a client. */
export interface SocketOptions<Up, Down> {
  readonly world: World;
  readonly random: Random;
  readonly end: ClientEnd<Down>;
  readonly endpoint: string;
  readonly listener: () => Host | null;
  readonly reconnectMs: number;
  /** Messages that wait for a connection. */
  readonly queue: number;
  readonly open: (end: ClientEnd<Down>) => Connection<Up, Down>;
  /** What has to be said first on every connection. */
  readonly opening: () => readonly Up[];
}

/**
 * A socket that connects by itself until it is dropped. What is sent without a connection waits
 * for the next one, whoever is at its other end by then, as with a DEALER that is not `immediate`.
 */
export class Socket<Up, Down> {
  readonly #options: SocketOptions<Up, Down>;
  readonly #dialer: Dialer;
  #connection: Connection<Up, Down> | null = null;
  #waiting: Up[] = [];
  #isDialled = false;

  constructor(options: SocketOptions<Up, Down>) {
    this.#options = options;
    const { world, random, end, endpoint, listener, reconnectMs } = options;
    this.#dialer = new Dialer({
      world,
      random,
      client: end.host,
      endpoint,
      listener,
      reconnectMs,
      connected: () => this.#connected(),
    });
  }

  /** Open at this end. */
  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** Connected, and so is the other end. */
  get isWhole(): boolean {
    return this.#connection?.isWhole === true;
  }

  /** Connects anew; whatever the socket held is gone. */
  dial(): void {
    this.drop();
    this.#isDialled = true;
    this.#dialer.start();
  }

  /** Gives up the connection and all that waits. */
  drop(): void {
    this.#isDialled = false;
    this.#dialer.stop();
    this.#waiting = [];
    const connection = this.#connection;
    this.#connection = null;
    connection?.closeByClient();
  }

  /** Has the connection reset from outside; false where there is none. */
  cut(told: CutEnds): boolean {
    this.#connection?.cut(told);
    return this.#connection !== null;
  }

  /** Sends, or keeps for the next connection; without a dialled socket it is lost. */
  send(message: Up): void {
    if (this.#connection !== null) this.#connection.sendUp(message);
    else if (this.#isDialled && this.#waiting.length < this.#options.queue)
      this.#waiting.push(message);
  }

  #connected(): void {
    const { end, open, opening } = this.#options;
    const connection = open({ ...end, lost: () => this.#lost(connection) });
    this.#connection = connection;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of [...opening(), ...waiting]) connection.sendUp(message);
  }

  #lost(connection: Connection<Up, Down>): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#dialer.retry();
    this.#options.end.lost();
  }
}
