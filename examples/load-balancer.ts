/**
 * A reverse proxy over processes that come and go: six peers serve HTTP, a proxy hands on 500 requests
 * per second, and while they run one peer leaves, one is killed, one is frozen, two are added and all
 * are restarted. Prints how many requests failed on the way.
 *
 * Run: npx tsx examples/load-balancer.ts
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freezeBoundMs, join, startRegistrar, tuneRegistrar } from "rollcall";
import { openDispatcher } from "rollcall/balance";
import { Pool, request } from "undici";

const PEERS = 6;
const PER_SECOND = 500;
const WORK_MS = 10;
const QUIET_MS = 150;
/** Requests that are open at one time, at most: a machine that stalled would else drown in what it missed. */
const OPEN_MAX = 200;

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

  // The whole of the load balancer: a dispatcher, and a server that hands requests to it.
  const dispatcher = await openDispatcher({ registrar: survey, waitMs: 5000 });
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

  const clients = new Pool(`http://127.0.0.1:${port}`);
  const listed = (id: string): boolean =>
    dispatcher.balancer("web")?.peers.some((peer) => peer.id === id) ?? false;
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
    const pending = (): number =>
      dispatcher
        .balancer("web")
        ?.report()
        .find(({ peer }) => peer.id === "web-2")?.pending ?? 0;
    await until(() => pending() > 0);
    child("web-2").kill("SIGKILL");
    let inside = pending();
    await until(() => ((inside = Math.max(inside, pending())), !listed("web-2")));
    return `; ${inside} were inside`;
  });
  await during("one freezes and thaws", async () => {
    const bound = Math.round(freezeBoundMs(tuneRegistrar()));
    const startMs = performance.now();
    child("web-3").kill("SIGSTOP");
    await until(() => !listed("web-3"));
    const out = Math.round(performance.now() - startMs);
    child("web-3").kill("SIGCONT");
    await until(() => listed("web-3"));
    return `; out after ${out} ms, the bound is ${bound}`;
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
