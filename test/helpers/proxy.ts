import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** From the client to the registrar, or back. */
export type Direction = "up" | "down";

interface Pair {
  readonly up: Pipe;
  readonly down: Pipe;
}

/** One direction of one connection; what comes while it is held, its end too, goes on later. */
class Pipe {
  readonly #to: Socket;
  readonly #waiting: Buffer[] = [];
  #isHeld: boolean;
  #isOver = false;

  constructor(from: Socket, to: Socket, isHeld: boolean, tap: (bytes: Buffer) => void) {
    this.#to = to;
    this.#isHeld = isHeld;
    from.on("data", (bytes) => {
      tap(bytes);
      this.#waiting.push(bytes);
      this.#flush();
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#isOver = true;
      this.#flush();
    });
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#flush();
  }

  destroy(): void {
    this.#to.destroy();
  }

  #flush(): void {
    if (this.#isHeld) return;
    for (const bytes of this.#waiting.splice(0)) this.#to.write(bytes);
    if (this.#isOver) this.#to.end();
  }
}

/**
 * A TCP link that tests can hold up and cut, between a client and one endpoint of a registrar. Held
 * bytes are late, never lost: so does a network behave, and a process that is stopped.
 */
export class Proxy {
  /** Sees all bytes of both directions. */
  tap: (bytes: Buffer) => void = () => {};
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  readonly #held = new Set<Direction>();
  #accepted = 0;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
  }

  /** `target` is a `tcp://127.0.0.1:port` endpoint. */
  static async to(target: string): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(server, portOf(target));
    server.on("connection", (client) => proxy.#accept(client));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections there were. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections there are. */
  get open(): number {
    return this.#pairs.size;
  }

  hold(...directions: readonly Direction[]): void {
    for (const direction of directions) {
      this.#held.add(direction);
      for (const pair of this.#pairs) pair[direction].hold();
    }
  }

  /** Holds up the connections that there are, and none that comes later. */
  holdPresent(...directions: readonly Direction[]): void {
    for (const direction of directions) for (const pair of this.#pairs) pair[direction].hold();
  }

  release(): void {
    this.#held.clear();
    for (const pair of this.#pairs) {
      pair.up.release();
      pair.down.release();
    }
  }

  /** Closes every connection; new ones are taken as ever. */
  cut(): void {
    for (const pair of this.#pairs) {
      pair.up.destroy();
      pair.down.destroy();
    }
    this.#pairs.clear();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const registrar = connect(this.#target, "127.0.0.1");
    client.setNoDelay(true);
    registrar.setNoDelay(true);
    const tap = (bytes: Buffer): void => this.tap(bytes);
    const pair = {
      up: new Pipe(client, registrar, this.#held.has("up"), tap),
      down: new Pipe(registrar, client, this.#held.has("down"), tap),
    };
    this.#pairs.add(pair);
    registrar.on("close", () => this.#pairs.delete(pair));
  }
}

export function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}
