import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import { BehaviorSubject } from "rxjs";
import { Agent } from "undici";
import { openDispatcher } from "../../lib/balance/index.ts";
import type { DispatcherOptions, RollcallDispatcher } from "../../lib/balance/index.ts";
import type { Peer } from "../../lib/core/peer.ts";
import type { View } from "../../lib/core/view.ts";
import { peerOf } from "./samples.ts";

/** What a server does with a request whose body was read. */
export type Serve = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** One HTTP server and the peer that it is listed as. */
export interface Stall {
  readonly peer: Peer;
  /** `METHOD path` of each request that arrived, in order. */
  readonly seen: readonly string[];
  /** Connections that are open. */
  readonly connections: () => number;
}

/** Answers with its id, the host that was asked for, and what it was sent. */
export const echo: Serve = (request, response, body) => {
  response.setHeader("set-cookie", ["a=1", "b=2"]);
  response.end(
    `${String(request.headers["x-id"])} ${request.headers.host} ${request.method} ${body}`.trim(),
  );
};

/** HTTP servers, a list of peers that a test changes, and a dispatcher over it. */
export class Shop {
  readonly peers$ = new BehaviorSubject<readonly Peer[]>([]);
  readonly #closers: (() => unknown)[] = [];
  #suspects: readonly Peer[] = [];

  constructor(t: TestContext) {
    t.after(async () => {
      for (const close of this.#closers.reverse()) await close();
    });
  }

  after(close: () => unknown): void {
    this.#closers.push(close);
  }

  async open(options: Omit<DispatcherOptions, "watcher"> = {}): Promise<RollcallDispatcher> {
    const { peers$ } = this;
    const suspects = (): readonly Peer[] => this.#suspects;
    const watcher = {
      peers$,
      get view(): View {
        return { peers: suspects() } as unknown as View;
      },
    };
    const balancer = { strategy: "round-robin", random: () => 0, ...options.balancer } as const;
    const dispatcher = await openDispatcher({ watcher, waitMs: 200, ...options, balancer });
    this.after(() => dispatcher.destroy());
    return dispatcher;
  }

  /** Starts a server; it is not listed yet. */
  async stall(id: string, serve: Serve = echo): Promise<Stall> {
    const seen: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      request.headers["x-id"] = id;
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => serve(request, response, body));
    });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n");
      socket.on("data", (bytes) => socket.end(bytes));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.after(() => {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    });
    const { port } = server.address() as AddressInfo;
    return { peer: peerAt(id, port), seen, connections: () => sockets.size };
  }

  /** A peer whose port nobody listens on. */
  async ruin(id: string): Promise<Stall> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return { peer: peerAt(id, port), seen: [], connections: () => 0 };
  }

  list(...stalls: readonly Stall[]): void {
    this.peers$.next(stalls.map(({ peer }) => peer));
  }

  /** Lists these, while the one left out is judged lost. */
  lose(lost: Stall, ...stalls: readonly Stall[]): void {
    this.#suspects = [{ ...lost.peer, standing: "suspect" }];
    this.list(...stalls);
  }

  /** A plain agent, to compare with. */
  agent(): Agent {
    const agent = new Agent();
    this.after(() => agent.destroy());
    return agent;
  }
}

function peerAt(id: string, port: number): Peer {
  const host = "127.0.0.1";
  return peerOf(id, {
    endpoints: [{ protocol: "http", host, port, scope: "private" }],
    address: host,
    port,
  });
}
