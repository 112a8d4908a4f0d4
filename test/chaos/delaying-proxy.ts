import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";

/** One direction: every piece of it is late by `delayMs` and up to `jitterMs` more. */
interface Delay {
  readonly delayMs: number;
  readonly jitterMs: number;
}

/** From the clients to the registrar, and back. */
export interface Delays {
  readonly up: Delay;
  readonly down: Delay;
}

/** What passes through undelayed. */
export const PROMPT: Delays = {
  up: { delayMs: 0, jitterMs: 0 },
  down: { delayMs: 0, jitterMs: 0 },
};

/** A TCP proxy that makes a way longer without losing anything or changing its order. */
export class DelayingProxy {
  /** Holds for what is read from now on. */
  delays: Delays = PROMPT;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Listens at `host` and `port` for the same port of `target`; resolves with the port listened at. */
  async listen(of: {
    readonly host: string;
    readonly port: number;
    readonly target: string;
    readonly targetPort?: number;
  }): Promise<number> {
    const { host, port, target, targetPort = port } = of;
    const server = createServer({ noDelay: true }, (client) => {
      const registrar = connect({ host: target, port: targetPort, noDelay: true });
      this.#pipe(client, registrar, "up");
      this.#pipe(registrar, client, "down");
    });
    this.#servers.push(server);
    server.listen(port, host);
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => once(server, "close"));
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #pipe(from: Socket, to: Socket, direction: keyof Delays): void {
    this.#sockets.add(from);
    let lastMs = 0;
    const waiting: (() => void)[] = [];
    const later = (act: () => void): void => {
      const { delayMs, jitterMs } = this.delays[direction];
      lastMs = Math.max(lastMs, performance.now() + delayMs + Math.random() * jitterMs);
      waiting.push(act);
      // Timers may fire in another order; what was sent does not.
      setTimeout(() => waiting.shift()?.(), lastMs - performance.now());
    };
    from.on("data", (bytes) => later(() => void (to.destroyed || to.write(bytes))));
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      later(() => to.destroy());
    });
  }
}
