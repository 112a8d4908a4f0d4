import { curveKeyPair } from "zeromq";
import { openClientPort } from "../../lib/transport/client-port.ts";
import { openRegistrarPort } from "../../lib/transport/registrar-port.ts";
import type { ClientPort, ClientPortKeys } from "../../lib/transport/port.ts";

// A process for the tests to stop, to kill and to watch exit. It prints one line for each step and
// never calls process.exit unless its mode says so.
const [mode = "", ...args] = process.argv.slice(2);
const [first = "", second = ""] = args;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function client(
  received: (text: string) => void,
  published: (topic: string) => void,
  keys?: ClientPortKeys,
): ClientPort {
  return openClientPort(
    { reconnectMinMs: 20, detachMs: 100, keys },
    {
      received: (frame) => received(Buffer.from(frame).toString()),
      lost: () => say("lost"),
      published: ([topic]) => published(Buffer.from(topic ?? []).toString()),
      failed: (error) => say(`failed ${String(error)}`),
    },
  );
}

function ignore(): void {
  // Not of interest here.
}

/** `talk <survey> <name>`: says its name and stays. */
function talk(): void {
  const port = client(() => say("heard"), ignore);
  port.dial(first);
  port.send(Buffer.from(second));
}

/** `talk-and-close <survey> <name>`: says its name once it is welcomed, and closes. */
function talkAndClose(): void {
  const port = client(() => {
    port.send(Buffer.from(second));
    void port.close(1000);
  }, ignore);
  port.dial(first);
}

/** `follow <roster> <topic>`: subscribes and stays. */
function follow(): void {
  const port = client(ignore, (topic) => say(`published ${topic}`));
  port.subscribe(second);
  port.follow(first);
  say("following");
}

/** `serve <survey> <roster>`: a registrar that stays. */
async function serve(): Promise<void> {
  await openRegistrarPort(
    {
      survey: first,
      roster: second,
      welcome: () => Buffer.from("welcome"),
      heartbeatTimeoutMs: 10_000,
    },
    {
      received: ignore,
      disconnected: ignore,
      unreachable: ignore,
      congested: ignore,
      subscribed: ignore,
      unsubscribed: ignore,
      cleared: ignore,
      failed: ignore,
    },
  );
  say("serving");
}

/**
 * `serve-and-close`: a registrar and a client that speak, close, and leave the process to end.
 * `serve-and-close keys`: the same with keys.
 */
async function serveAndClose(): Promise<void> {
  const server = curveKeyPair();
  const registrar = await openRegistrarPort(
    {
      survey: "tcp://127.0.0.1:0",
      roster: "tcp://127.0.0.1:0",
      welcome: () => Buffer.from("welcome"),
      heartbeatTimeoutMs: 10_000,
      keys: first === "keys" ? { ...server, mayConnect: () => true } : undefined,
    },
    {
      received: (route) => registrar.send(route, Buffer.from("reply")),
      disconnected: ignore,
      unreachable: ignore,
      congested: ignore,
      subscribed: (topic) => registrar.publish([Buffer.from(topic)]),
      unsubscribed: ignore,
      cleared: ignore,
      failed: ignore,
    },
  );
  const seen = new Promise<void>((resolve) => {
    const port = client(
      (text) => {
        if (text === "reply") port.follow(registrar.endpoints.roster);
      },
      () => void port.close(100).then(resolve),
      first === "keys" ? { ...curveKeyPair(), serverKey: server.publicKey } : undefined,
    );
    port.subscribe("topic");
    port.dial(registrar.endpoints.survey);
    port.send(Buffer.from("hello"));
  });
  await seen;
  await registrar.close();
  say("closed");
}

/** `dial-nobody <survey>`: dials, sends, follows where nobody is, closes, and leaves the process to end. */
async function dialNobody(): Promise<void> {
  const port = client(ignore, ignore);
  port.dial(first);
  port.send(Buffer.from("hello"));
  port.subscribe("topic");
  port.follow(first);
  await port.close(100);
  say("closed");
}

/** `last-words <survey>`: once welcomed, says goodbye and exits without waiting for anything. */
function lastWords(): void {
  const port = client(() => {
    port.send(Buffer.from("goodbye"));
    void port.close(2000);
    process.exit(0);
  }, ignore);
  port.dial(first);
}

const modes: Readonly<Record<string, () => void | Promise<void>>> = {
  talk,
  "talk-and-close": talkAndClose,
  follow,
  serve,
  "serve-and-close": serveAndClose,
  "dial-nobody": dialNobody,
  "last-words": lastWords,
};
await modes[mode]?.();
