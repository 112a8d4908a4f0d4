/**
 * A reverse proxy over processes that come and go: six peers serve HTTP, a proxy hands on 500 requests
 * per second, and while they run one peer leaves, one is killed, one is frozen, two are added and all
 * are restarted. Prints how many requests failed on the way, and what reached the two that broke.
 *
 * Run: npx tsx examples/load-balancer.ts
 */
import { fork, type ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  freezeBoundMs,
  join,
  lossyFreezeBoundMs,
  startRegistrar,
  tuneRegistrar,
  type Registrar,
} from "rollcall";
import { openDispatcher } from "rollcall/balance";
import { Pool, request, type DiagnosticsChannel } from "undici";

const PEERS = 6;
const PER_SECOND = 500;
const WORK_MS = 10;
const QUIET_MS = 150;
/** A frozen peer stays frozen for so long after it is out. */
const FROZEN_MORE_MS = 500;
/** Requests that are open at one time, at most: a machine that stalled would else drown in what it missed. */
const OPEN_MAX = 200;
/**
 * Idle connections are closed long before servers of Node close them, which is after 5 s. A server
 * that was frozen meanwhile closes first and reads then: a POST that had reached it would be lost.
 * So this time and the bound of a freeze together stay below those 5 s, undici's timers of half a
 * second included.
 */
const POOL = { keepAliveMaxTimeout: 1000 };

/** A child: joins with the port that it listens on, and leaves without losing a request. */
async function runPeer(registrar: string, id: string): Promise<void> {
  let inside = 0;
  let lastMs = 0;
  const server = createServer((_request, response) => {
    inside += 1;
    lastMs = performance.now();
    response.once("close", () => (inside -= 1));
    setTimeout(() => response.end(id), WORK_MS);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const me = await join({ registrar, service: "web", id, address: "127.0.0.1", port });
  process.send?.("joined");
  await once(process, "message");
  await me.drain(); // takes no new work, and serves what is still on its way
  while (inside > 0 || performance.now() - lastMs < QUIET_MS) await pause(WORK_MS);
  await me.leave();
  server.close();
  process.disconnect();
}

/** What undici wrote to which port, and what of it has no answer yet. */
class Traffic {
  readonly #sent = new Map<string, number>();
  readonly #open = new Map<DiagnosticsChannel.Request, string>();

  constructor() {
    subscribe("undici:client:sendHeaders", (message) => {
      const { request, socket } = message as DiagnosticsChannel.ClientSendHeadersMessage;
      const name = `${request.method} ${socket.remotePort}`;
      this.#sent.set(name, (this.#sent.get(name) ?? 0) + 1);
      this.#open.set(request, name);
    });
    for (const end of ["trailers", "error"]) {
      subscribe(`undici:request:${end}`, (message) => {
        this.#open.delete((message as DiagnosticsChannel.RequestTrailersMessage).request);
      });
    }
  }

  sent(method: string, port: number): number {
    return this.#sent.get(`${method} ${port}`) ?? 0;
  }

  open(method: string, port: number): number {
    return [...this.#open.values()].filter((name) => name === `${method} ${port}`).length;
  }
}

/** How soon a frozen peer has to be out, by what the registrar has seen of its network. */
function boundMs(registrar: Registrar): number {
  const path = registrar.record().registrar.findLast((event) => event.kind === "path");
  const tuning = tuneRegistrar();
  return Math.round(path?.isLossy === true ? lossyFreezeBoundMs(tuning) : freezeBoundMs(tuning));
}

const [, , role, ...given] = process.argv;
if (role === "peer") {
  process.once("disconnect", () => process.exit(0));
  await runPeer(given[0] ?? "", given[1] ?? "");
} else {
  await main();
}

async function startPeer(registrar: string, id: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url), ["peer", registrar, id]);
  await once(child, "message");
  return child;
}

async function leave(child: ChildProcess): Promise<void> {
  child.send("leave");
  await once(child, "exit");
}

async function main(): Promise<void> {
  const registrar = await startRegistrar({
    survey: "tcp://127.0.0.1:0",
    roster: "tcp://127.0.0.1:0",
  });
  const { survey } = registrar.endpoints;
  const names = Array.from({ length: PEERS }, (_, at) => `web-${at + 1}`);
  const children = new Map<string, ChildProcess>();
  const start = async (id: string): Promise<void> => {
    children.set(id, await startPeer(survey, id));
  };
  const child = (id: string): ChildProcess => {
    const found = children.get(id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  process.once("exit", () => children.forEach((one) => one.kill("SIGKILL")));
  await Promise.all(names.map(start));

  const traffic = new Traffic();

  // The whole of the load balancer: a dispatcher, and a server that hands requests to it.
  const dispatcher = await openDispatcher({ registrar: survey, waitMs: 5000, pool: POOL });
  const proxy = createServer((from, to) => void handOn(from, to));
  async function handOn(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const hasBody = from.method === "POST" || from.method === "PUT";
    try {
      const { statusCode, body } = await request(`http://web.rollcall${from.url ?? "/"}`, {
        dispatcher,
        method: from.method ?? "GET",
        body: hasBody ? from : null,
      });
      to.statusCode = statusCode;
      await pipeline(body, to);
    } catch {
      if (!to.headersSent) to.writeHead(502);
      to.end();
    }
  }
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;

  const clients = new Pool(`http://127.0.0.1:${port}`, POOL);
  const listed = (id: string): boolean =>
    dispatcher.balancer("web")?.peers.some((peer) => peer.id === id) ?? false;
  const portOf = (id: string): number =>
    dispatcher.balancer("web")?.peers.find((peer) => peer.id === id)?.port ?? 0;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await pause(1);
  };

  /** Sends requests, GET and POST in turn, while something happens, and prints what became of them. */
  async function during(title: string, act: () => Promise<string>): Promise<void> {
    const sent = { GET: 0, POST: 0 };
    const failed = { GET: 0, POST: 0 };
    const open = new Set<Promise<void>>();
    const send = async (method: "GET" | "POST"): Promise<void> => {
      sent[method] += 1;
      const body = method === "POST" ? "order" : null;
      const status = await clients.request({ path: "/", method, body }).then(
        async (answer) => (await answer.body.dump(), answer.statusCode),
        () => 0,
      );
      if (status !== 200) failed[method] += 1;
    };
    const startMs = performance.now();
    const timer = setInterval(() => {
      const due = ((performance.now() - startMs) * PER_SECOND) / 1000;
      while (sent.GET + sent.POST < due && open.size < OPEN_MAX) {
        const one = send(sent.GET > sent.POST ? "POST" : "GET");
        open.add(one);
        void one.finally(() => open.delete(one));
      }
    }, 5);
    const remark = await act();
    await pause(QUIET_MS);
    clearInterval(timer);
    const seconds = (performance.now() - startMs) / 1000;
    await Promise.all(open);
    const rate = Math.round((sent.GET + sent.POST) / seconds);
    console.log(
      `${title}: ${failed.GET} of ${sent.GET} GET and ${failed.POST} of ${sent.POST} POST failed at ${rate}/s${remark}`,
    );
  }

  await during("steady", async () => {
    await pause(1000);
    return "";
  });
  await during("one drains and leaves", async () => {
    await leave(child("web-1"));
    return "";
  });
  await during("kill -9 of one", async () => {
    const port = portOf("web-2");
    await until(() => traffic.open("POST", port) > 0);
    // What is inside, and what is sent to it while it dies, cannot be sent again.
    const before = traffic.sent("POST", port) - traffic.open("POST", port);
    child("web-2").kill("SIGKILL");
    await once(child("web-2"), "exit");
    const inside = traffic.sent("POST", port) - before;
    await until(() => !listed("web-2"));
    return `; ${inside} POST were inside`;
  });
  await during("one freezes and thaws", async () => {
    const port = portOf("web-3");
    const sent = (): number => traffic.sent("GET", port) + traffic.sent("POST", port);
    const startMs = performance.now();
    child("web-3").kill("SIGSTOP");
    await until(() => !listed("web-3"));
    const out = Math.round(performance.now() - startMs);
    const before = sent();
    await pause(FROZEN_MORE_MS);
    const more = sent() - before;
    child("web-3").kill("SIGCONT");
    await until(() => listed("web-3"));
    return `; out after ${out} ms, the bound is ${boundMs(registrar)}; then ${more} were sent to it in ${FROZEN_MORE_MS} ms`;
  });
  await during("two are added", async () => {
    await Promise.all([start("web-1"), start("web-2")]);
    await until(() => listed("web-1") && listed("web-2"));
    return "";
  });
  await during(`all ${PEERS} restart, two at a time`, async () => {
    const restart = async (id: string): Promise<void> => {
      await leave(child(id));
      await start(id);
      await until(() => listed(id));
    };
    for (let at = 0; at < PEERS; at += 2) await Promise.all(names.slice(at, at + 2).map(restart));
    return "";
  });

  await clients.close();
  proxy.close();
  await dispatcher.close();
  await Promise.all([...children.values()].map(leave));
  await registrar.close();
}
