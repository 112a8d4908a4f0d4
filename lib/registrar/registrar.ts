import type { Observable } from "rxjs";
import type { Change } from "../core/changes.ts";
import { RollcallError } from "../core/errors.ts";
import type { ExplanationOf } from "../core/explainer.ts";
import type { FromRegistrar } from "../core/messages.ts";
import type { SurveyorEffect, SurveyorInput } from "../core/io.ts";
import { VERSION_MAX, VERSION_MIN } from "../core/messages.ts";
import type { Recording } from "../core/recording.ts";
import { Surveyor } from "../core/surveyor.ts";
import { ALL } from "../core/topics.ts";
import type { View } from "../core/view.ts";
import { nowMs } from "../host/clock.ts";
import { LimitedLog, loggerFor } from "../host/log.ts";
import type { Logger } from "../host/log.ts";
import { Loop } from "../host/loop.ts";
import { randomId } from "../host/random.ts";
import { closeOnAbort, throwIfAborted } from "../host/wait.ts";
import type { SettledRegistrarKeys } from "../keys/options.ts";
import { isLoopback } from "../transport/endpoint.ts";
import type { RegistrarEndpoints, RegistrarHandlers, RegistrarPort } from "../transport/port.ts";
import { openRegistrarPort } from "../transport/registrar-port.ts";
import { encodeRoster } from "../wire/roster.ts";
import { encodeToClient } from "../wire/survey.ts";
import type { RegistrarCounters } from "./counters.ts";
import { Gate } from "./gate.ts";
import { settleRegistrar } from "./options.ts";
import type { RegistrarOptions, RegistrarSettings } from "./options.ts";
import { Reception } from "./reception.ts";
import { RegistrarViews } from "./views.ts";

export type { RegistrarCounters } from "./counters.ts";

/** A running registrar. */
export interface Registrar extends AsyncDisposable {
  /** As bound, with the ports chosen for port 0. */
  readonly endpoints: RegistrarEndpoints;
  /** This run's epoch: 128 random bits in hexadecimal. */
  readonly epoch: string;
  readonly counters: RegistrarCounters;
  /** Changes of all services, starting with those present; completes on close. */
  readonly changes$: Observable<Change>;
  /** The list of one service as published; empty for one that is not known. */
  view(service: string): View;
  /** What is remembered of one peer; undefined where nothing is. */
  explain(service: string, id: string): ExplanationOf | undefined;
  /**
   * Everything that is remembered, of one service or of all with `*`, the default: plain data for
   * JSON, and for `replay` of `rollcall/testing`.
   */
  record(service?: string): Recording;
  /**
   * Reads the file of the allow list now, which otherwise takes a second. False where it cannot be
   * used, which is logged: the list before stays in force.
   */
  reloadKeys(): boolean;
  /** Idempotent; resolves when both endpoints can be bound again. */
  close(): Promise<void>;
}

/**
 * Starts a registrar and resolves when it is bound. Throws `ERR_OPTION` or `ERR_ENDPOINT` before any
 * socket is made, also `ERR_CONFIG` for files of keys, `ERR_ADDRESS_IN_USE` or `ERR_BIND` when an endpoint cannot be had.
 */
export async function startRegistrar(options: RegistrarOptions = {}): Promise<Registrar> {
  const settings = settleRegistrar(options);
  throwIfAborted(options.signal);
  const shell = new RegistrarShell(settings, loggerFor(options.logger));
  await shell.open();
  if (options.signal?.aborted === true) await shell.close();
  throwIfAborted(options.signal);
  shell.closeBy(options.signal);
  return shell;
}

class RegistrarShell implements Registrar {
  readonly epoch = randomId();
  readonly #settings: RegistrarSettings;
  readonly #logger: Logger;
  readonly #limited: LimitedLog;
  readonly #surveyor: Surveyor;
  readonly #loop: Loop<SurveyorInput, SurveyorEffect>;
  readonly #views: RegistrarViews;
  readonly #counts = { congested: 0, refused: 0, surveys: 0, publications: 0 };
  readonly #nonce = randomId();
  readonly #gate: Gate | null;
  readonly #reception: Reception;
  #port: RegistrarPort | null = null;
  #closing: Promise<void> | null = null;
  #release: () => void = () => {};

  constructor(settings: RegistrarSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#limited = new LimitedLog(logger, nowMs);
    const { tuning } = settings;
    this.#surveyor = new Surveyor({ epoch: this.epoch, tuning, nowMs: nowMs() });
    this.#loop = new Loop<SurveyorInput, SurveyorEffect>({
      machine: this.#surveyor,
      wake: { kind: "wake" },
      perform: (effect) => this.#perform(effect),
      settled: () => this.#views.tell(),
    });
    this.#views = new RegistrarViews(this.#surveyor, this.epoch);
    this.#gate = settings.keys === null ? null : this.#gateWith(settings.keys);
    this.#reception = new Reception({
      surveyor: this.#surveyor,
      gate: this.#gate,
      limited: this.#limited,
      take: (input) => this.#loop.take(input),
      send: (route, message) => this.#send(route, message),
    });
  }

  get endpoints(): RegistrarEndpoints {
    if (this.#port === null) throw new RollcallError("ERR_CLOSED");
    return this.#port.endpoints;
  }

  get counters(): RegistrarCounters {
    const { members, consumers, services } = this.#surveyor;
    return {
      members,
      consumers,
      services: services.length,
      unauthorised: (this.#gate?.refused ?? 0) + this.#reception.forgeries,
      expelled: this.#gate?.expelled ?? 0,
      overflows: this.#port?.overflows ?? 0,
      ...this.#counts,
      malformed: this.#reception.malformed + (this.#port?.ignored ?? 0),
      waiting: this.#reception.waiting,
    };
  }

  get changes$(): Observable<Change> {
    return this.#views.changes$;
  }

  view(service: string): View {
    return this.#views.view(service, this.endpoints.survey);
  }

  explain(service: string, id: string): ExplanationOf | undefined {
    return this.#surveyor.explain(service, id, nowMs());
  }

  record(service: string = ALL): Recording {
    return { ...this.#surveyor.record(service, nowMs()), takenAt: Date.now() };
  }

  async open(): Promise<void> {
    const { survey, roster, heartbeatTimeoutMs, disconnectMessages } = this.#settings;
    this.#port = await openRegistrarPort(
      {
        survey,
        roster,
        heartbeatTimeoutMs,
        disconnectMessages,
        welcome: (bound) => this.#welcome(bound),
        topicsMax: this.#settings.tuning.topicsMax,
        clients: () => this.#surveyor.members + this.#surveyor.consumers,
        keys: this.#gate?.portKeys,
      },
      this.#handlers(),
    );
    this.#gate?.open();
    this.#warnIfOpen(this.#port.endpoints);
    this.#logger.info({ ...this.#port.endpoints, epoch: this.epoch }, "registrar.started");
    this.#loop.take({ kind: "wake" });
  }

  reloadKeys(): boolean {
    return this.#gate?.reload() ?? true;
  }

  closeBy(signal: AbortSignal | undefined): void {
    this.#release = closeOnAbort(signal, this);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#release();
    this.#loop.stop();
    this.#reception.close();
    this.#gate?.close();
    this.#views.complete();
    await this.#port?.close();
    this.#logger.info({ epoch: this.epoch }, "registrar.closed");
  }

  #gateWith(keys: SettledRegistrarKeys): Gate {
    return new Gate({
      keys,
      nonce: this.#nonce,
      epoch: this.epoch,
      logger: this.#logger,
      limited: this.#limited,
      send: (route, message) => this.#send(route, message),
      expel: (route) => this.#loop.take({ kind: "expelled", route }),
      away: () => this.#surveyor.away(),
      strike: (name) => this.#loop.take({ kind: "struck", ...name }),
      renewRoster: () => void this.#port?.renewRoster(),
    });
  }

  #send(route: string, message: FromRegistrar): void {
    this.#port?.send(route, encodeToClient(message));
  }

  #handlers(): RegistrarHandlers {
    const take = (input: SurveyorInput): void => this.#loop.take(input);
    const gone = (route: string): void => this.#reception.gone(route);
    return {
      received: (route, frames) => this.#reception.received(route, frames),
      disconnected: gone,
      unreachable: gone,
      congested: (route) => {
        this.#counts.congested += 1;
        this.#limited.warn("client.congested", {
          route: Buffer.from(route, "latin1").toString("hex"),
        });
      },
      subscribed: (topic) => take({ kind: "subscribed", topic }),
      unsubscribed: (topic) => take({ kind: "unsubscribed", topic }),
      cleared: () => take({ kind: "cleared" }),
      failed: (error) => this.#limited.error("registrar.socketFailed", { err: error }),
    };
  }

  /** What cannot be encoded harms nobody else: it is logged, and the loop goes on. */
  #perform(effect: SurveyorEffect): void {
    try {
      this.#act(effect);
    } catch (error) {
      this.#limited.error("registrar.effectFailed", { err: error, effect: effect.kind });
    }
  }

  #act(effect: SurveyorEffect): void {
    switch (effect.kind) {
      case "survey": {
        const frame = encodeToClient({ kind: "survey", round: effect.round });
        this.#counts.surveys += effect.routes.length;
        for (const route of effect.routes) this.#port?.send(route, frame);
        return;
      }
      case "reply":
        return this.#port?.send(effect.route, encodeToClient(effect.message));
      case "publish":
        this.#counts.publications += 1;
        this.#port?.publish(encodeRoster(effect.message, effect.topic));
        if (effect.message.kind === "delta") this.#views.published(effect.message);
        return;
      case "authority":
        return this.#logger.info({ authority: effect.authority }, "registrar.authority");
      case "note":
        if (effect.event === "refused") this.#counts.refused += 1;
        return this.#limited.warn(effect.event, { detail: effect.detail });
      default:
        return effect satisfies never;
    }
  }

  #welcome(bound: RegistrarEndpoints): Uint8Array {
    const { tuning, advertise } = this.#settings;
    return encodeToClient({
      kind: "welcome",
      versionMin: VERSION_MIN,
      versionMax: VERSION_MAX,
      epoch: this.epoch,
      nonce: this.#nonce,
      roster: advertise ?? bound.roster,
      timing: tuning,
    });
  }

  #warnIfOpen(bound: RegistrarEndpoints): void {
    if (this.#gate !== null) return;
    for (const endpoint of [bound.survey, bound.roster]) {
      if (isLoopback(endpoint)) continue;
      this.#logger.warn(
        { endpoint },
        "registrar.open: reachable beyond this machine, without keys",
      );
    }
  }
}
