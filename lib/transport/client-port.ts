import { randomBytes } from "node:crypto";
import { attempt } from "./guard.ts";
import { Outlet } from "./outlet.ts";
import type { HandshakeFailure } from "./handshake.ts";
import type { ClientHandlers, ClientPort, ClientPortOptions, SocketName } from "./port.ts";
import { makeDealer, makeSubscriber, type RosterSubscriber, type SurveyDealer } from "./sockets.ts";
import { assertCurve } from "./wicket.ts";

/** Random and never sent to anybody, so that no registrar can feign the loss of a connection. */
const LOSS = randomBytes(16);

/**
 * Makes no socket until `dial` or `follow`, but for one `ahead`, of which nothing is told before the next
 * turn of the event loop. Throws `ERR_OPTION` for keys without CURVE in zeromq.
 */
export function openClientPort(options: ClientPortOptions, handlers: ClientHandlers): ClientPort {
  return new ZmqClientPort(options, handlers);
}

class ZmqClientPort implements ClientPort {
  readonly #handlers: ClientHandlers;
  readonly #topics = new Set<string>();
  readonly #survey: Outlet<SurveyDealer>;
  readonly #roster: Outlet<RosterSubscriber>;
  readonly #detachMs: number;
  #closed: Promise<void> | undefined;
  #dropped = 0;
  /** Dialled before anybody asked for it. */
  #ahead: string | undefined;

  constructor(options: ClientPortOptions, handlers: ClientHandlers) {
    const { reconnectMinMs, detachMs, keys, ahead } = options;
    this.#handlers = handlers;
    this.#detachMs = detachMs;
    const hasKeys = keys !== undefined;
    if (hasKeys) assertCurve();
    const failed = (error: unknown): void => this.#fail(error);
    this.#survey = new Outlet({
      make: (ipv6) => this.#dealer(makeDealer({ reconnectMinMs, ipv6, keys })),
      message: (frames) => this.#heard(frames),
      failed,
      unwelcome: (failure) => this.#unwelcome("survey", failure),
      hasKeys,
    });
    this.#roster = new Outlet({
      make: (ipv6) => this.#subscriber(makeSubscriber({ reconnectMinMs, ipv6, keys })),
      message: (frames) => handlers.published(frames),
      failed,
      unwelcome: (failure) => this.#unwelcome("roster", failure),
      hasKeys,
    });
    if (ahead !== undefined) this.dial(ahead);
    this.#ahead = ahead;
  }

  get dropped(): number {
    return this.#dropped;
  }

  dial(endpoint: string): void {
    const isUnderWay = this.#ahead === endpoint && this.#survey.socket !== undefined;
    this.#ahead = undefined;
    if (!isUnderWay) this.#open(this.#survey, endpoint);
  }

  hangup(): void {
    this.#survey.drop(0);
  }

  detach(): void {
    this.#survey.detach(this.#detachMs);
  }

  // With `sendTimeout: 0` a send has ended when the call returns, so sends never overlap.
  send(frame: Uint8Array): void {
    const socket = this.#survey.socket;
    if (socket === undefined) this.#drop();
    else socket.send(frame).catch(this.#drop);
  }

  follow(endpoint: string): void {
    this.#open(this.#roster, endpoint);
  }

  unfollow(): void {
    this.#roster.drop(0);
  }

  subscribe(topic: string): void {
    if (this.#closed !== undefined || this.#topics.has(topic)) return;
    this.#topics.add(topic);
    this.#roster.socket?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#topics.delete(topic)) this.#roster.socket?.unsubscribe(topic);
  }

  close(lingerMs: number): Promise<void> {
    this.#closed ??= Promise.all([this.#survey.close(lingerMs), this.#roster.close(0)]).then(
      () => undefined,
    );
    return this.#closed;
  }

  readonly #drop = (): void => {
    this.#dropped += 1;
  };

  #open(outlet: Outlet<SurveyDealer> | Outlet<RosterSubscriber>, endpoint: string): void {
    if (this.#closed !== undefined) return;
    try {
      outlet.open(endpoint);
    } catch (error) {
      // Out of sockets or files, or an endpoint that nobody validated. Told later, because no
      // handler is called from within a call.
      queueMicrotask(() => this.#fail(error));
    }
  }

  #dealer(socket: SurveyDealer): SurveyDealer {
    socket.reportLoss(LOSS);
    return socket;
  }

  #subscriber(socket: RosterSubscriber): RosterSubscriber {
    for (const topic of this.#topics) socket.subscribe(topic);
    return socket;
  }

  #heard(frames: readonly Uint8Array[]): void {
    const frame = frames[0];
    // A registrar sends single frames; more of them are no message of this protocol.
    if (frame === undefined || frames.length !== 1) return;
    if (LOSS.equals(frame)) this.#handlers.lost();
    else this.#handlers.received(frame);
  }

  #unwelcome(socket: SocketName, failure: HandshakeFailure): void {
    if (this.#closed !== undefined) return;
    const failed = (error: unknown): void => this.#fail(error);
    attempt(() => this.#handlers.unwelcome?.(socket, failure), failed);
  }

  #fail(error: unknown): void {
    if (this.#closed === undefined) attempt(() => this.#handlers.failed(error));
  }
}
