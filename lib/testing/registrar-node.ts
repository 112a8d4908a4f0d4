import type { SurveyorEffect, SurveyorInput } from "../core/io.ts";
import type { FromRegistrar, RosterMessage, ToRegistrar, Welcome } from "../core/messages.ts";
import { VERSION_MAX, VERSION_MIN } from "../core/messages.ts";
import type { RegistrarTuning } from "../core/options.ts";
import { Surveyor } from "../core/surveyor.ts";
import { Connection } from "./connection.ts";
import type { World } from "./network.ts";
import { Process } from "./process.ts";
import type { Host } from "./process.ts";
import type { Random } from "./random.ts";
import type { ClientEnd } from "./socket.ts";
import type { Tamper } from "./tamper.ts";

/** What a subscriber sends. */
export interface Subscription {
  readonly kind: "subscribe" | "unsubscribe";
  readonly topic: string;
}

/** What a subscriber is sent. */
export interface Published {
  readonly topic: string;
  readonly message: RosterMessage;
}

/** One subscriber, as the XPUB socket sees it. */
interface Subscriber {
  readonly connection: Connection<Subscription, Published>;
  readonly topics: Set<string>;
}

/** What a registrar tells the simulation, for its own books. */
export interface RegistrarEvents {
  readonly effect: (effect: SurveyorEffect) => void;
  /** The registrar saw a survey connection of this process close. */
  readonly disconnected: (client: Host) => void;
}

/** One registrar endpoint, and the process that listens there: ROUTER, XPUB and a `Surveyor`. */
export class RegistrarNode {
  readonly name: string;
  readonly #world: World;
  readonly #random: Random;
  readonly #tuning: RegistrarTuning;
  readonly #tamper: Tamper;
  readonly #events: RegistrarEvents;
  readonly #surveys = new Map<string, Connection<ToRegistrar, FromRegistrar>>();
  readonly #subscribers = new Set<Subscriber>();
  #process: Process<SurveyorInput, SurveyorEffect> | null = null;
  #surveyor: Surveyor | null = null;
  #epoch = "";
  #routes = 0;

  constructor(options: {
    readonly name: string;
    readonly world: World;
    readonly tuning: RegistrarTuning;
    readonly tamper: Tamper;
    readonly events: RegistrarEvents;
  }) {
    this.name = options.name;
    this.#world = options.world;
    this.#random = options.world.random.fork(`registrar ${options.name}`);
    this.#tuning = options.tuning;
    this.#tamper = options.tamper;
    this.#events = options.events;
  }

  /** Null while no process listens. */
  get process(): Process<SurveyorInput, SurveyorEffect> | null {
    return this.#process;
  }

  /** Null while no process listens. */
  get surveyor(): Surveyor | null {
    return this.#surveyor;
  }

  /** The run of the registrar; the latest one while no process listens. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Starts a new run with a new epoch. */
  start(): void {
    if (this.#process !== null) return;
    this.#epoch = this.#random.hex(32);
    const tuning = this.#tamper.registrarTuning?.(this.#tuning) ?? this.#tuning;
    const { nowMs } = this.#world.timeline;
    this.#surveyor = new Surveyor({ epoch: this.#epoch, tuning, nowMs });
    this.#process = new Process({
      name: this.name,
      world: this.#world,
      machine: this.#surveyor,
      wake: () => this.#feed({ kind: "wake" }),
      perform: (effects) => this.#performAll(effects),
    });
    this.#feed({ kind: "wake" });
  }

  kill(): void {
    const process = this.#process;
    this.#process = null;
    this.#surveyor = null;
    this.#surveys.clear();
    this.#subscribers.clear();
    process?.kill();
  }

  /** Accepts a survey connection and greets it. The process has to run. */
  openSurvey(end: ClientEnd<FromRegistrar>): Connection<ToRegistrar, FromRegistrar> {
    this.#routes += 1;
    const route = `${this.#epoch.slice(0, 4)}.${this.#routes}`;
    const { surveyQueue, replyQueue } = this.#world.network.options;
    const connection = new Connection<ToRegistrar, FromRegistrar>({
      ...this.#common(end.host),
      upQueue: surveyQueue,
      downQueue: replyQueue,
      ends: {
        up: (message) => this.#feed({ kind: "received", route, message }),
        upEnded: () => {
          this.#surveys.delete(route);
          this.#events.disconnected(end.host);
          this.#feed({ kind: "disconnected", route });
        },
        down: end.received,
        downEnded: end.lost,
        // What a ROUTER cannot send, it reports; the machine does not need to know.
        dropped: () => undefined,
        paceMs: () => 0,
      },
    });
    this.#surveys.set(route, connection);
    connection.sendDown(this.#welcome());
    return connection;
  }

  /** Accepts a roster connection. The process has to run. */
  openRoster(end: ClientEnd<Published>): Connection<Subscription, Published> {
    const { rosterQueue } = this.#world.network.options;
    const topics = new Set<string>();
    const connection = new Connection<Subscription, Published>({
      ...this.#common(end.host),
      upQueue: Infinity,
      downQueue: rosterQueue,
      ends: {
        up: (subscription) => this.#subscribed(topics, subscription),
        upEnded: () => this.#unsubscribeAll(subscriber),
        down: end.received,
        downEnded: end.lost,
        dropped: end.dropped,
        paceMs: end.paceMs,
      },
    });
    const subscriber: Subscriber = { connection, topics };
    this.#subscribers.add(subscriber);
    return connection;
  }

  #common(client: Host): {
    readonly world: World;
    readonly random: Random;
    readonly client: Host;
    readonly registrar: Host;
  } {
    if (this.#process === null) throw new Error(`${this.name} does not listen`);
    const random = this.#random.fork(`${client.name} ${this.#world.timeline.nowMs}`);
    return { world: this.#world, random, client, registrar: this.#process };
  }

  #welcome(): Welcome {
    const { surveyIntervalMs, answerWindowMs, announceIntervalMs, reconnectMaxMs, rejoinJitterMs } =
      this.#tuning;
    return {
      kind: "welcome",
      versionMin: VERSION_MIN,
      versionMax: VERSION_MAX,
      epoch: this.#epoch,
      nonce: "0".repeat(32),
      roster: `sim://${this.name}`,
      timing: {
        surveyIntervalMs,
        answerWindowMs,
        announceIntervalMs,
        reconnectMaxMs,
        rejoinJitterMs,
      },
    };
  }

  /** ZeroMQ counts one subscriber's topics, and so shows each of them once. */
  #subscribed(topics: Set<string>, { kind, topic }: Subscription): void {
    if (kind === "subscribe") {
      if (topics.has(topic)) return;
      topics.add(topic);
      this.#feed({ kind: "subscribed", topic });
    } else if (topics.delete(topic)) {
      this.#feed({ kind: "unsubscribed", topic });
    }
  }

  #unsubscribeAll(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    for (const topic of subscriber.topics) this.#feed({ kind: "unsubscribed", topic });
  }

  #feed(input: SurveyorInput): void {
    const inputs = this.#tamper.toRegistrar?.(input, this.name) ?? [input];
    for (const tampered of inputs) this.#process?.feed(tampered);
  }

  #performAll(effects: readonly SurveyorEffect[]): void {
    for (const effect of effects) {
      this.#events.effect(effect);
      const tampered = this.#tamper.fromRegistrar?.(effect, this.name) ?? [effect];
      for (const one of tampered) this.#perform(one);
    }
  }

  #perform(effect: SurveyorEffect): void {
    switch (effect.kind) {
      case "survey": {
        const { round } = effect;
        for (const route of effect.routes)
          this.#surveys.get(route)?.sendDown({ kind: "survey", round });
        return;
      }
      case "reply":
        this.#surveys.get(effect.route)?.sendDown(effect.message);
        return;
      case "publish":
        return this.#publish(effect);
      default:
      // What is left tells the shell and changes nothing on the network.
    }
  }

  #publish({ topic, message }: Published): void {
    for (const { connection, topics } of this.#subscribers) {
      for (const prefix of topics) {
        if (!topic.startsWith(prefix)) continue;
        connection.sendDown({ topic, message });
        break;
      }
    }
  }
}
