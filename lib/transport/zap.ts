import { Router } from "zeromq";
import { closeFully } from "./closing.ts";
import { sharedContext } from "./context.ts";
import { readUntilClosed } from "./reading.ts";

/** Where libzmq asks, in every context. */
const ZAP = "inproc://zeromq.zap.01";
const VERSION = "1.0";
const CURVE = "CURVE";

/** Whether a key may connect; `address` is the client's host. It must not throw. */
export type MayConnect = (key: Uint8Array, address: string) => boolean;

/**
 * Who asks for which domain. libzmq has one place to ask per context, so this is state of the
 * module, beside the context itself: registrars with different keys in one process share it.
 */
const domains = new Map<string, MayConnect>();
let handler: Router | undefined;
/** Opening and closing happen one after the other: a name is free only once its socket is gone. */
let turn: Promise<void> = Promise.resolve();

/**
 * Decides who may connect to the sockets of a domain, from when the promise resolves until
 * `releaseDomain`. The domain has to be one that nobody else has.
 */
export function claimDomain(domain: string, mayConnect: MayConnect): Promise<void> {
  domains.set(domain, mayConnect);
  return adjust();
}

/** Nobody connects to the domain any more; the last one closes the handler. */
export function releaseDomain(domain: string): Promise<void> {
  domains.delete(domain);
  return adjust();
}

/** A handler that is open keeps the process alive, so there is one only while it is needed. */
function adjust(): Promise<void> {
  turn = turn.then(async () => {
    if (domains.size > 0 && handler === undefined) handler = await openHandler();
    else if (domains.size === 0 && handler !== undefined) {
      const last = handler;
      handler = undefined;
      await closeFully(last, 0);
    }
  });
  const done = turn;
  // Who comes next does not fail because we did.
  turn = turn.catch(() => undefined);
  return done;
}

async function openHandler(): Promise<Router> {
  const socket = new Router({
    context: sharedContext(),
    linger: 0,
    sendTimeout: 0,
    // A request that were dropped would leave a connection without an answer.
    sendHighWaterMark: 0,
    receiveHighWaterMark: 0,
  });
  await socket.bind(ZAP);
  void readUntilClosed(socket, {
    message: (frames) => {
      const reply = replyTo(frames);
      if (reply !== undefined) socket.send([...reply]).catch(nothing);
    },
    failed: nothing,
  });
  return socket;
}

/** ZeroMQ RFC 27. What asks is libzmq in our own process, so a request that is none has no reply. */
function replyTo(frames: readonly Uint8Array[]): readonly (Uint8Array | string)[] | undefined {
  const [route, empty, version, request, domain, address, , mechanism, key] = frames;
  if (route === undefined || empty === undefined || request === undefined) return undefined;
  const mayConnect = domains.get(textOf(domain));
  const isIn =
    textOf(version) === VERSION &&
    textOf(mechanism) === CURVE &&
    key !== undefined &&
    mayConnect?.(key, textOf(address)) === true;
  const verdict = isIn ? ["200", "OK"] : ["400", "not listed"];
  return [route, empty, VERSION, request, ...verdict, "", ""];
}

function textOf(frame: Uint8Array | undefined): string {
  return frame === undefined ? "" : Buffer.from(frame).toString("utf8");
}

function nothing(): void {
  // The connection that asked is gone, or the handler is closing.
}
