import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { XPublisher } from "zeromq";
import { type Bound, openBound } from "./binding.ts";
import { closeFully } from "./closing.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { attempt, errnoOf } from "./guard.ts";
import type {
  RegistrarEndpoints,
  RegistrarHandlers,
  RegistrarPort,
  RegistrarPortOptions,
} from "./port.ts";
import { readUntilClosed } from "./reading.ts";
import {
  type BoundOptions,
  LINGER_MS,
  makePublisher,
  makeRouter,
  type SurveyRouter,
} from "./sockets.ts";
import { readSubscription, Subscriptions } from "./subscription.ts";
import { Wicket } from "./wicket.ts";

/**
 * Random and never sent to anybody: libzmq hands it to the ROUTER itself, so no client can forge
 * the end of a connection.
 */
const DISCONNECT_BYTES = 16;
/** Between two attempts to bind the roster again, should somebody else have taken its port. */
const REBIND_MS = 100;
/** The roster is bound anew for too many subscriptions at most once in this time; until then it stays closed. */
const OVERFLOW_MS = 1000;
/** Of `topicsMax` where nothing is said. */
const TOPICS_MAX = 65_536;

/**
 * Binds the two sockets of a registrar. Handlers are called from the next turn of the event loop
 * on, so the caller has its port by then.
 *
 * The roster is bound first, so that the welcome can say where it is. At that moment the survey
 * endpoint is known as configured only: a port 0 of it is still 0 in `welcome`.
 *
 * @throws RollcallError `ERR_ENDPOINT`, `ERR_ADDRESS_IN_USE` or `ERR_BIND`, and `ERR_OPTION` for keys
 * that this build of zeromq cannot use; nothing stays bound then
 */
export async function openRegistrarPort(
  options: RegistrarPortOptions,
  handlers: RegistrarHandlers,
): Promise<RegistrarPort> {
  const survey = parseEndpoint(options.survey, "bind", "survey");
  const roster = parseEndpoint(options.roster, "bind", "roster");
  const disconnect =
    options.disconnectMessages === false ? undefined : randomBytes(DISCONNECT_BYTES);
  const wicket = await Wicket.open(options.keys);
  try {
    return await bindBoth({ survey, roster, disconnect, wicket }, options, handlers);
  } catch (error) {
    await wicket.close();
    throw error;
  }
}

/** What is known before anything is bound. */
interface Plan {
  readonly survey: Endpoint;
  readonly roster: Endpoint;
  readonly disconnect: Buffer | undefined;
  readonly wicket: Wicket;
}

async function bindBoth(
  { survey, roster, disconnect, wicket }: Plan,
  options: RegistrarPortOptions,
  handlers: RegistrarHandlers,
): Promise<RegistrarPort> {
  const bindRoster = (endpoint: Endpoint): Promise<Bound<XPublisher>> => {
    const bound = boundTo(endpoint, options, wicket.curve("roster"));
    return openBound(() => makePublisher(bound), endpoint, "roster");
  };
  const rosterBound = await bindRoster(roster);
  try {
    const welcome = options.welcome({
      survey: options.survey,
      roster: rosterBound.endpoint,
    });
    const make = (): SurveyRouter =>
      greeter(makeRouter(boundTo(survey, options, wicket.curve("survey"))), welcome, disconnect);
    const surveyBound = await openBound(make, survey, "survey");
    const again = parseEndpoint(rosterBound.endpoint, "bind", "roster");
    const rebind = (): Promise<Bound<XPublisher>> => bindRoster(again);
    return new ZmqRegistrarPort(
      {
        survey: surveyBound,
        roster: rosterBound,
        rebind,
        wicket,
        disconnect,
        subscriptions: new Subscriptions(options.topicsMax ?? TOPICS_MAX, options.clients),
      },
      handlers,
    );
  } catch (error) {
    rosterBound.release();
    await closeFully(rosterBound.socket, 0);
    throw error;
  }
}

interface Parts {
  readonly survey: Bound<SurveyRouter>;
  readonly roster: Bound<XPublisher>;
  /** Binds the roster where it was. */
  readonly rebind: () => Promise<Bound<XPublisher>>;
  readonly wicket: Wicket;
  readonly disconnect: Buffer | undefined;
  readonly subscriptions: Subscriptions;
}

function boundTo(
  endpoint: Endpoint,
  options: RegistrarPortOptions,
  curve: BoundOptions["curve"],
): BoundOptions {
  // With `ipv6` on, libzmq binds 127.0.0.1 as [::ffff:127.0.0.1] and says so; the star takes both.
  const ipv6 = endpoint.kind === "tcp" && (endpoint.host === "*" || endpoint.host.includes(":"));
  return { heartbeatTimeoutMs: options.heartbeatTimeoutMs, ipv6, curve };
}

function greeter(
  router: SurveyRouter,
  welcome: Uint8Array,
  disconnect: Buffer | undefined,
): SurveyRouter {
  router.greet(welcome);
  if (disconnect !== undefined) router.reportDisconnects(disconnect);
  return router;
}

class ZmqRegistrarPort implements RegistrarPort {
  readonly endpoints: RegistrarEndpoints;
  readonly #survey: Bound<SurveyRouter>;
  readonly #rebind: () => Promise<Bound<XPublisher>>;
  readonly #wicket: Wicket;
  readonly #disconnect: Buffer | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #handlers: RegistrarHandlers;
  readonly #start: NodeJS.Immediate;
  readonly #end = new AbortController();
  #roster: Bound<XPublisher>;
  #renewal: Promise<void> = Promise.resolve();
  #hearing: Promise<void> = Promise.resolve();
  #asking: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #ignored = 0;
  #overflows = 0;
  #overflowMs = -Infinity;

  constructor(parts: Parts, handlers: RegistrarHandlers) {
    const { survey, roster, rebind, wicket, disconnect } = parts;
    this.#subscriptions = parts.subscriptions;
    this.endpoints = { survey: survey.endpoint, roster: roster.endpoint };
    this.#survey = survey;
    this.#roster = roster;
    this.#rebind = rebind;
    this.#wicket = wicket;
    this.#disconnect = disconnect;
    this.#handlers = handlers;
    this.#start = setImmediate(() => this.#read());
  }

  get ignored(): number {
    return this.#ignored;
  }

  get overflows(): number {
    return this.#overflows;
  }

  // With `sendTimeout: 0` a send has succeeded or failed when the call returns, so sends never
  // overlap and need no queue; only the failure arrives later, through the promise.
  send(route: string, frame: Uint8Array): void {
    if (this.#closed !== undefined) return;
    const sent = this.#survey.socket.send([Buffer.from(route, "latin1"), frame]);
    sent.catch((error: unknown) => this.#unsent(route, error));
  }

  publish(frames: readonly Uint8Array[]): void {
    if (this.#closed !== undefined || frames.length === 0 || this.#roster.socket.closed) return;
    this.#roster.socket.send([...frames]).catch((error: unknown) => this.#fail(error));
  }

  renewRoster(): Promise<void> {
    this.#renewal = this.#renewal.then(() => this.#renew());
    return this.#renewal;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearImmediate(this.#start);
    this.#end.abort();
    await this.#renewal;
    const sides = [this.#survey, this.#roster];
    for (const side of sides) side.release();
    await Promise.all(sides.map((side) => closeFully(side.socket, LINGER_MS)));
    await Promise.all([this.#hearing, this.#asking]);
    await this.#wicket.close();
  }

  /** The closed socket takes no subscription back, so we do. */
  async #renew(pauseMs = 0): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#roster.release();
    await closeFully(this.#roster.socket, 0);
    const failed = (error: unknown): void => this.#fail(error);
    this.#subscriptions.clear();
    attempt(() => this.#handlers.cleared(), failed);
    await pause(pauseMs, undefined, { signal: this.#end.signal }).catch(() => undefined);
    while (this.#closed === undefined && this.#roster.socket.closed) {
      try {
        this.#roster = await this.#rebind();
      } catch (error) {
        failed(error);
        await pause(REBIND_MS);
      }
    }
    if (!this.#roster.socket.closed) this.#asking = this.#readRoster(failed);
  }

  #readRoster(failed: (error: unknown) => void): Promise<void> {
    const message = (frames: readonly Uint8Array[]): void => this.#asked(frames);
    return readUntilClosed(this.#roster.socket, { message, failed });
  }

  #read(): void {
    const failed = (error: unknown): void => this.#fail(error);
    const message = (frames: readonly Uint8Array[]): void => this.#heard(frames);
    this.#hearing = readUntilClosed(this.#survey.socket, { message, failed });
    this.#asking = this.#readRoster(failed);
  }

  #heard(message: readonly Uint8Array[]): void {
    const id = message[0];
    if (id === undefined) return;
    const route = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString("latin1");
    if (this.#isDisconnect(message)) this.#handlers.disconnected(route);
    else this.#handlers.received(route, message.slice(1));
  }

  #isDisconnect(message: readonly Uint8Array[]): boolean {
    const body = message[1];
    if (body?.length !== DISCONNECT_BYTES || message.length !== 2) return false;
    return this.#disconnect?.equals(body) ?? false;
  }

  // libzmq takes every frame of a message for a subscription that looks like one, so we do too:
  // its takings-back would not match otherwise.
  #asked(message: readonly Uint8Array[]): void {
    for (const frame of message) {
      const subscription = readSubscription(frame);
      if (subscription === undefined) {
        this.#ignored += 1;
        continue;
      }
      this.#subscriptions.note(subscription);
      if (this.#subscriptions.isOverfull) return this.#overflow();
      this.#handlers[subscription.kind](subscription.topic);
    }
  }

  /** Memory comes first: the roster is closed at once, and whoever still wants something comes back. */
  #overflow(): void {
    const nowMs = performance.now();
    const pauseMs = Math.max(0, this.#overflowMs + OVERFLOW_MS - nowMs);
    this.#overflowMs = nowMs + pauseMs;
    this.#overflows += 1;
    this.#subscriptions.clear();
    this.#renewal = this.#renewal.then(() => this.#renew(pauseMs));
  }

  #unsent(route: string, error: unknown): void {
    if (this.#closed !== undefined) return;
    const failed = (reason: unknown): void => this.#fail(reason);
    const errno = errnoOf(error);
    if (errno === "EHOSTUNREACH") attempt(() => this.#handlers.unreachable(route), failed);
    else if (errno === "EAGAIN") attempt(() => this.#handlers.congested(route), failed);
    else failed(error);
  }

  #fail(error: unknown): void {
    if (this.#closed === undefined) attempt(() => this.#handlers.failed(error));
  }
}
