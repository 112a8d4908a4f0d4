import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { knock, KNOCK_MAX_MS } from "../../lib/balance/knock.ts";
import type { Endpoint } from "../../lib/core/peer.ts";

const NEVER = new AbortController().signal;

function at(port: number, host = "127.0.0.1"): Endpoint {
  return { protocol: "tcp", host, port, scope: "private" };
}

/** A port that a server listens on. */
async function door(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("a port that listens is reached, one that does not is refused", async (t) => {
  const port = await door(t);
  assert.equal(await knock(at(port), NEVER), "reached");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: shut } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await knock(at(shut), NEVER), "unreachable");
});

test("a name that cannot be resolved says nothing of the peer, nor does a knock given up", async (t) => {
  assert.equal(await knock(at(80, "nobody.invalid"), NEVER), "unknown");
  assert.equal(await knock(at(await door(t)), AbortSignal.abort()), "unknown");
});

/** Listens with a short queue and says on which port. */
const LISTENER = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));
`;

test("a frozen process whose queue is full is unreachable after a while", async (t) => {
  const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  child.kill("SIGSTOP");
  // The system completes connections for it until the queue is full; those we close stay in it.
  const findings: string[] = [];
  let tookMs = 0;
  while (findings.at(-1) !== "unreachable") {
    assert.ok(findings.length < 50, "the queue takes no end");
    const startMs = performance.now();
    findings.push(await knock(at(port), NEVER));
    tookMs = performance.now() - startMs;
  }
  assert.ok(findings.slice(0, -1).every((finding) => finding === "reached"));
  assert.ok(tookMs >= KNOCK_MAX_MS - 50, `${tookMs} ms`);
});
