import { Dealer, Router, type SocketOptions, Subscriber, XPublisher } from "zeromq";
import { LIMITS } from "../core/limits.ts";
import { sharedContext } from "./context.ts";
import type { ClientPortKeys } from "./port.ts";

// Options of libzmq that zeromq.js does not name; the last three are drafts that its prebuilt
// binaries contain. zeromq.js seals its sockets, so the subclasses add methods and no fields.
const ZMQ_SNDHWM = 23;
const ZMQ_HELLO_MSG = 110;
const ZMQ_DISCONNECT_MSG = 111;
const ZMQ_HICCUP_MSG = 114;

/** Time that unsent messages have when nobody chose another one; also what an exit may take. */
export const LINGER_MS = 100;
/** libzmq's default of 100 makes a storm of connections wait for a second and more. */
const BACKLOG = 4096;
/** A connection that has not finished its handshake by then is closed. */
const HANDSHAKE_MS = 10_000;
/** How long one attempt to connect may hang on a host that does not answer at all. */
const CONNECT_TIMEOUT_MS = 3000;
/** Messages to one client that does not read; surveys are small and one a second. */
const ROUTER_SEND_QUEUE = 512;
/**
 * Messages of one client that we have not read; what is more waits in TCP. Each may be 128 KiB, and
 * mostly a client sends one a second.
 */
const ROUTER_RECEIVE_QUEUE = 16;
/** Roster messages to one subscriber; what is more is lost to it, it sees the gap and asks. */
const ROSTER_QUEUE = 1000;
/**
 * Subscriptions of one subscriber that wait in its pipe. libzmq reads a pipe until it is empty before
 * it lets us do anything, so with a long one a flood fills the memory before we see any of it (saw:
 * 1.7 GB within half a minute at 1,000, 60 MB at 4).
 */
const SUBSCRIPTIONS_AHEAD = 4;
/** Messages of a client that cannot be sent; they are worthless once they are old. */
const DEALER_SEND_QUEUE = 256;
/**
 * Subscriptions and unsubscriptions waiting for a connection. libzmq drops further ones silently,
 * and one snapshot request makes two of them.
 */
const SUBSCRIPTION_QUEUE = 16_384;
/** How often a silent path is asked before it is given up. */
const KEEPALIVES = 3;
/** The longest time between two of them that Linux takes, in seconds. */
const KEEPALIVE_SECONDS_MAX = 32_767;

/** The registrar's side of the survey connections. */
export class SurveyRouter extends Router {
  /** Sent by libzmq on every connection, before anything else. Set it before binding. */
  greet(welcome: Uint8Array): void {
    this.setStringOption(ZMQ_HELLO_MSG, asBuffer(welcome));
  }

  /** Received by ourselves in place of a message when a connection closes. Set it before binding. */
  reportDisconnects(body: Uint8Array): void {
    this.setStringOption(ZMQ_DISCONNECT_MSG, asBuffer(body));
  }
}

/** The client's side of one survey connection. */
export class SurveyDealer extends Dealer {
  /** Received by ourselves in place of a message when the connection is lost. Set it before connecting. */
  reportLoss(body: Uint8Array): void {
    this.setStringOption(ZMQ_HICCUP_MSG, asBuffer(body));
  }
}

/** The client's side of one roster connection. */
export class RosterSubscriber extends Subscriber {
  /** zeromq.js offers no queue length for what a subscriber sends, its subscriptions. */
  widenSubscriptionQueue(): void {
    this.setInt32Option(ZMQ_SNDHWM, SUBSCRIPTION_QUEUE);
  }
}

/** What the bound sockets have in common. */
export interface BoundOptions {
  readonly heartbeatTimeoutMs: number;
  readonly ipv6: boolean;
  readonly curve?: BoundCurve | undefined;
}

/** Keys of a bound socket, and the domain under which libzmq asks who may connect. */
export interface BoundCurve {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly domain: string;
}

/**
 * `mandatory` with `sendTimeout: 0` makes every send end at once, with the truth: without it one
 * full pipe hangs the socket, or thousands of sends to a frozen client "succeed".
 */
export function makeRouter(options: BoundOptions): SurveyRouter {
  return new SurveyRouter({
    ...boundOptions(options),
    mandatory: true,
    sendTimeout: 0,
    sendHighWaterMark: ROUTER_SEND_QUEUE,
    receiveHighWaterMark: ROUTER_RECEIVE_QUEUE,
  });
}

/**
 * `allSubsUnsubs` shows each subscription of each subscriber, and takes each back when its
 * connection dies, so that they can be counted. An XPUB never blocks: with `sendTimeout: 0` every
 * send ends within the call, so sends cannot overlap.
 */
export function makePublisher(options: BoundOptions): XPublisher {
  return new XPublisher({
    ...boundOptions(options),
    maxMessageSize: LIMITS.subscriptionBytesMax,
    verbosity: "allSubsUnsubs",
    sendTimeout: 0,
    sendHighWaterMark: ROSTER_QUEUE,
    receiveHighWaterMark: SUBSCRIPTIONS_AHEAD,
  });
}

/**
 * `immediate` stays false although messages then outlive their connection and reach the next
 * registrar: with `immediate: true` libzmq discards the pipe before it has delivered the hiccup
 * message, and the loss goes unnoticed (saw). Stale messages are harmless, because each carries
 * the epoch that it was meant for.
 *
 * No heartbeats from either side: the shell watches for silence in the surveys, which also notices a
 * registrar whose event loop is blocked, and a dead path.
 */
export function makeDealer(options: ConnectOptions): SurveyDealer {
  return new SurveyDealer({
    ...connectOptions(options),
    immediate: false,
    sendTimeout: 0,
    sendHighWaterMark: DEALER_SEND_QUEUE,
  });
}

/** Like the dealer, it relies on the shell's watch for silence. */
export function makeSubscriber(options: ConnectOptions): RosterSubscriber {
  const socket = new RosterSubscriber({
    ...connectOptions(options),
    receiveHighWaterMark: ROSTER_QUEUE,
  });
  socket.widenSubscriptionQueue();
  return socket;
}

/** What the connecting sockets have in common. */
export interface ConnectOptions {
  readonly reconnectMinMs: number;
  readonly ipv6: boolean;
  readonly keys?: ClientPortKeys | undefined;
}

/**
 * A path that is dead is noticed by TCP: after half of the time it is asked whether it still is
 * there, and given up at the end of it. No heartbeats of ZeroMQ: libzmq 4.3.5 ends the whole process
 * when one is due on a connection that broke while we had not yet read all that came over it
 * ("Assertion failed: !_io_error", saw under load).
 */
function boundOptions(options: BoundOptions): SocketOptions<Router & XPublisher> {
  return {
    context: sharedContext(),
    linger: LINGER_MS,
    maxMessageSize: LIMITS.requestBytesMax,
    backlog: BACKLOG,
    ipv6: options.ipv6,
    handshakeInterval: HANDSHAKE_MS,
    tcpKeepalive: 1,
    tcpKeepaliveCount: KEEPALIVES,
    tcpKeepaliveIdle: keepaliveSeconds(options.heartbeatTimeoutMs / 2),
    tcpKeepaliveInterval: keepaliveSeconds(options.heartbeatTimeoutMs / 2 / KEEPALIVES),
    tcpMaxRetransmitTimeout: options.heartbeatTimeoutMs,
    ...boundCurve(options.curve),
  };
}

function keepaliveSeconds(ms: number): number {
  return Math.min(KEEPALIVE_SECONDS_MAX, Math.max(1, Math.round(ms / 1000)));
}

/** `zapEnforceDomain` closes the socket to everybody where nobody is there to be asked. */
function boundCurve(curve: BoundCurve | undefined): SocketOptions<Router & XPublisher> {
  if (curve === undefined) return {};
  return {
    curveServer: true,
    curvePublicKey: curve.publicKey,
    curveSecretKey: curve.secretKey,
    zapDomain: curve.domain,
    zapEnforceDomain: true,
  };
}

/** `reconnectMaxInterval` stays unset: then libzmq adds jitter of up to the interval and no back-off. */
function connectOptions(options: ConnectOptions): SocketOptions<Dealer & Subscriber> {
  return {
    context: sharedContext(),
    linger: LINGER_MS,
    maxMessageSize: LIMITS.frameBytesMax,
    ipv6: options.ipv6,
    connectTimeout: CONNECT_TIMEOUT_MS,
    handshakeInterval: HANDSHAKE_MS,
    reconnectInterval: options.reconnectMinMs,
    ...connectCurve(options.keys),
  };
}

function connectCurve(keys: ClientPortKeys | undefined): SocketOptions<Dealer & Subscriber> {
  if (keys === undefined) return {};
  return {
    curvePublicKey: keys.publicKey,
    curveSecretKey: keys.secretKey,
    curveServerKey: keys.serverKey,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
