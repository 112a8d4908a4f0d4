import { Client } from "../core/client.ts";
import { RollcallError } from "../core/errors.ts";
import type { ClientEffect, ClientInput, Transmission } from "../core/io.ts";
import { detachMs, type ClientTuning } from "../core/options.ts";
import type { Card } from "../core/peer.ts";
import type { Identity, Showing } from "../core/respondent.ts";
import { nowMs } from "../host/clock.ts";
import { LimitedLog } from "../host/log.ts";
import type { Logger } from "../host/log.ts";
import type { SettledClientKeys } from "../keys/options.ts";
import { Loop } from "../host/loop.ts";
import { randomSource } from "../host/random.ts";
import { throwIfAborted } from "../host/wait.ts";
import type { Bounds, WaitOptions } from "../host/wait.ts";
import { openClientPort } from "../transport/client-port.ts";
import { resolveAdvertised } from "../transport/endpoint.ts";
import type { ClientPort } from "../transport/port.ts";
import { decodeFromRegistrar, encodeToRegistrar } from "../wire/survey.ts";
import { Credentials } from "./credentials.ts";
import { emitNever, emitSoon } from "./emissions.ts";
import type { Emitter } from "./emissions.ts";
import { Denials } from "./denials.ts";
import { Collector, proofTimeMs } from "./farewell.ts";
import type { LeaveProof, Parting } from "./farewell.ts";
import { Inquiries } from "./inquiries.ts";
import type { Target } from "./options.ts";
import { readRoster } from "./reading.ts";
import { Streams } from "./streams.ts";
import { Waits } from "./waits.ts";

/** What is still queued when a handle closes is sent for at most this long. */
const LINGER_MS = 100;

/** What a client shell is made of. */
export interface ShellSetup {
  readonly targets: readonly Target[];
  readonly services: readonly string[];
  readonly instance: string;
  readonly secret: string;
  readonly identity: Identity | null;
  readonly showing: Showing | null;
  readonly tuning: ClientTuning;
  readonly keys: SettledClientKeys | null;
  readonly logger: Logger;
  /** Never begins: closed before it was made. */
  readonly isAborted?: boolean;
}

/**
 * A client machine with its sockets: frames and the clock in, frames and observables out. Members
 * and watchers are thin faces of it.
 */
export class ClientShell implements Emitter {
  readonly streams: Streams;
  readonly inquiries: Inquiries;
  readonly client: Client;
  readonly #setup: ShellSetup;
  readonly #limited: LimitedLog;
  readonly #loop: Loop<ClientInput, ClientEffect>;
  readonly #ports: readonly ClientPort[];
  readonly #waits = new Waits();
  readonly #credentials: Credentials;
  readonly #denials: Denials;
  #showing: Showing | null;
  #isClosed = false;
  #isShowing = false;

  constructor(setup: ShellSetup) {
    this.#setup = setup;
    this.#showing = setup.showing;
    const { targets, tuning, logger, services } = setup;
    this.#credentials = new Credentials(setup.keys);
    // First of all: a handshake takes as long as all the rest. Nothing is heard of it before the next turn,
    // and `start` has to be taken in this one.
    this.#ports = targets.map((_, source) => this.#open(source));
    this.#limited = new LimitedLog(logger, nowMs);
    this.client = new Client({
      ...setup,
      sources: targets.map((target) => target.hasSurvey),
      hasKeys: setup.keys !== null,
      random: randomSource(),
    });
    this.streams = new Streams({
      lister: this.client.lister,
      services,
      registrars: targets.map((target) => target.endpoint),
      consumer: () => this.client.consumer,
    });
    this.#loop = new Loop<ClientInput, ClientEffect>({
      machine: this.client,
      wake: { kind: "wake" },
      perform: (effect) => this.#perform(effect),
    });
    this.inquiries = new Inquiries(this, tuning.helloTimeoutMs);
    this.#denials = new Denials(setup, (connection) => this.streams.connect(connection));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The card as it was changed last; the machine is told later by whoever it calls back. */
  get showing(): Showing | null {
    return this.#showing;
  }

  take(input: ClientInput): void {
    this.#loop.take(input);
  }

  /** Shows another card, and returns its edition. */
  update(card: Card, proofMs: number): number {
    const edition = (this.#showing?.edition ?? 0) + 1;
    this.#showing = { edition, card };
    this.take({ kind: "update", card, proofMs });
    return edition;
  }

  /** Resolves with the first value that `isDone` makes of an effect; see `Waits`. */
  async until<T>(isDone: (effect: ClientEffect) => T | undefined, options?: Bounds): Promise<T> {
    this.#assertOpen(options);
    const { code } = this.#denials;
    if (code !== undefined) throw new RollcallError(code);
    return this.#waits.until(isDone, options);
  }

  /** Resolves once every service followed has been told by some registrar. */
  async ready(options?: WaitOptions): Promise<void> {
    this.#assertOpen(options);
    if (!this.client.isReady) {
      const isReady = (): true | undefined => (this.client.isReady ? true : undefined);
      await this.until(isReady, options);
    }
    // Asked by whoever is shown a list: the others have to have it before it is acknowledged.
    if (this.#isShowing) return;
    emitNever(this);
    this.show();
    this.tell();
  }

  /**
   * Says goodbye to every registrar that lists us, or with a card that we drain, and waits until
   * each has published it and, where that is wanted, every named consumer has acknowledged it: at
   * most for `deadlineMs`. A registrar that goes away meanwhile is not waited for.
   */
  async farewell(what: Parting, options: WaitOptions = {}): Promise<LeaveProof> {
    const { card, deadlineMs, wantsProof } = what;
    const proofMs = wantsProof ? proofTimeMs(deadlineMs) : 0;
    // First of all, because everybody waits for it; its confirmation comes in a later turn.
    const edition = card === null ? null : this.update(card, proofMs);
    if (card === null) this.take({ kind: "leave", proofMs });
    const [told, outOfReach] = [this.client.mayList(true), this.client.mayList(false)];
    const collector = new Collector({ told, outOfReach, edition, wantsProof });
    const nameOf = (source: number): string => this.#setup.targets[source]?.endpoint ?? "";
    if (told.length === 0) return collector.proof(nameOf);
    try {
      const bounds = { ...options, timeoutMs: Math.max(1, deadlineMs) };
      await this.until((effect) => collector.take(effect), bounds);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
    }
    return collector.proof(nameOf);
  }

  /** Stops everything at once; resolves when no socket is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#loop.stop();
    emitNever(this);
    this.#waits.close();
    this.streams.complete();
    await Promise.all(this.#ports.map((port) => port.close(LINGER_MS)));
  }

  #assertOpen(options?: WaitOptions): void {
    if (this.#isClosed) throw new RollcallError("ERR_CLOSED");
    throwIfAborted(options?.signal);
  }

  #open(source: number): ClientPort {
    const { targets, tuning, isAborted } = this.#setup;
    const target = targets[source];
    const isAhead = target?.hasSurvey === true && isAborted !== true;
    return openClientPort(
      {
        reconnectMinMs: tuning.reconnectMinMs,
        detachMs: detachMs(tuning),
        keys: this.#credentials.portKeys(source),
        ahead: isAhead ? target.endpoint : undefined,
      },
      {
        received: (frame) => this.#received(source, frame),
        lost: () => this.take({ kind: "lost", source }),
        published: (frames) => this.#published(source, frames),
        failed: (error) => this.#limited.error("client.socketFailed", { err: error }),
        unwelcome: (...why) => {
          const refusal = this.#denials.refusal(source, ...why);
          if (refusal !== null) this.#perform(refusal);
        },
      },
    );
  }

  #received(source: number, frame: Uint8Array): void {
    const decoded = decodeFromRegistrar(frame);
    if (decoded.ok) {
      this.#credentials.heard(source, decoded.value);
      return this.take({ kind: "received", source, message: decoded.value });
    }
    this.#limited.warn("message.malformed", { source, reason: decoded.reason });
  }

  #published(source: number, frames: readonly Uint8Array[]): void {
    this.#denials.lifted(source);
    const decoded = readRoster(frames);
    if (decoded.ok) {
      const { topic, message } = decoded.value;
      return this.take({ kind: "published", source, topic, message });
    }
    this.#limited.warn("roster.malformed", { source, reason: decoded.reason });
  }

  /** A registrar's words may be nonsense, such as an endpoint that is none: that throws nowhere. */
  #perform(given: ClientEffect): void {
    const effect = this.#denials.judged(given);
    this.#waits.settle(effect);
    try {
      this.#act(effect);
    } catch (error) {
      this.#limited.warn("client.effectFailed", { err: error, effect: effect.kind });
    }
  }

  #act(effect: ClientEffect): void {
    switch (effect.kind) {
      case "changed":
        return emitSoon(this);
      case "connection":
        return this.#denials.connected(effect.connection);
      case "refused":
        return this.#limited.warn("client.refused", { code: effect.code, detail: effect.text });
      case "note":
        return this.#limited.warn(effect.event, { detail: effect.detail });
      case "accepted":
      case "lost":
      case "recorded":
      case "left":
      case "proof":
      case "explanation":
      case "exported":
        return;
      default:
        return this.#transmit(effect);
    }
  }

  #transmit(effect: Transmission): void {
    const port = this.#ports[effect.source];
    const endpoint = this.#setup.targets[effect.source]?.endpoint;
    if (port === undefined || endpoint === undefined) return;
    switch (effect.kind) {
      case "dial":
        return port.dial(endpoint);
      case "hangup":
      case "detach":
        return port[effect.kind]();
      case "send":
        return port.send(
          encodeToRegistrar(this.#credentials.proved(effect.source, effect.message)),
        );
      case "follow":
        return port.follow(
          effect.roster === null ? endpoint : resolveAdvertised(effect.roster, endpoint),
        );
      case "subscribe":
        return port.subscribe(effect.topic);
      case "unsubscribe":
        return port.unsubscribe(effect.topic);
      default:
        return effect satisfies never;
    }
  }

  show(): void {
    if (this.#isClosed || !this.client.isReady) return;
    this.#isShowing = true;
    try {
      this.streams.show();
    } finally {
      this.#isShowing = false;
    }
  }

  tell(): void {
    if (this.#isClosed || !this.client.isReady) return;
    this.streams.tell();
    // Subscribers have it now, so whoever waits for that can be told.
    if (this.client.voice.hasToAcknowledge) this.take({ kind: "emitted" });
  }
}
