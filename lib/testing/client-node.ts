import { Client } from "../core/client.ts";
import type { ClientSetup } from "../core/contact.ts";
import type { ClientEffect, ClientInput } from "../core/io.ts";
import type { Listing, Source } from "../core/listing.ts";
import type { FromRegistrar, RosterMessage, ToRegistrar } from "../core/messages.ts";
import { parseTopic } from "../core/topics.ts";
import type { CutEnds } from "./connection.ts";
import type { World } from "./network.ts";
import { Process } from "./process.ts";
import type { Published, RegistrarNode, Subscription } from "./registrar-node.ts";
import { Socket } from "./socket.ts";
import type { Tamper } from "./tamper.ts";

/** The sockets to one registrar. */
interface Line {
  readonly survey: Socket<ToRegistrar, FromRegistrar>;
  readonly roster: Socket<Subscription, Published>;
  readonly topics: Set<string>;
}

/** One roster message, and where the client stood before and after it. */
export interface Delivery {
  /** The place of the registrar it came from. */
  readonly source: number;
  readonly message: RosterMessage;
  readonly sentMs: number;
  readonly before: readonly Source[];
  readonly after: readonly Source[];
}

/** What a client tells the simulation, for its own books. */
export interface ClientEvents {
  readonly effect: (effect: ClientEffect) => void;
  /** The list may differ. `sentMs` is when the registrar sent what made the difference. */
  readonly changed: (sentMs: number) => void;
  readonly delivered: (delivery: Delivery) => void;
  /** The survey connection to this registrar is closed at this end. */
  readonly closed: (source: number) => void;
  /** Roster messages of this registrar were lost, with their connection or at a full queue. */
  readonly missed: (source: number) => void;
}

/** One client process: a DEALER and a SUB for each registrar, and a `Client`. */
export class ClientNode {
  readonly name: string;
  readonly client: Client;
  readonly process: Process<ClientInput, ClientEffect>;
  /** Pause after each roster message that is read. */
  paceMs = 0;
  readonly #tamper: Tamper;
  readonly #events: ClientEvents;
  readonly #lines: readonly Line[];
  #sentMs: number | null = null;
  #listing: Listing | null = null;

  constructor(options: {
    readonly name: string;
    readonly world: World;
    readonly setup: ClientSetup;
    readonly registrars: readonly RegistrarNode[];
    readonly tamper: Tamper;
    readonly events: ClientEvents;
  }) {
    const { name, world, setup, registrars } = options;
    this.name = name;
    this.#tamper = options.tamper;
    this.#events = options.events;
    this.client = new Client(setup);
    this.process = new Process<ClientInput, ClientEffect>({
      name,
      world,
      machine: this.client,
      wake: () => this.feed({ kind: "wake" }),
      perform: (effects) => this.#performAll(effects, world),
    });
    const { reconnectMinMs } = setup.tuning;
    this.#lines = registrars.map((registrar, source) =>
      this.#line({ world, registrar, source, reconnectMinMs }),
    );
  }

  /** The list as it is now; made anew only where the machine says that it may differ. */
  get listing(): Listing {
    this.#listing ??= this.client.lister.list();
    return this.#listing;
  }

  /** The roster connection is whole, and no snapshot is asked for. */
  isSubscribedTo(source: number): boolean {
    const line = this.#lines[source];
    if (line?.roster.isWhole !== true) return false;
    for (const topic of line.topics) if (parseTopic(topic).kind === "snapshot") return false;
    return true;
  }

  feed(input: ClientInput): void {
    if (!this.process.isRunning) return;
    for (const tampered of this.#tamper.toClient?.(input, this.name) ?? [input]) {
      this.process.feed(tampered);
    }
  }

  /** Resets a connection from outside; false where there was none to reset. */
  cut(source: number, which: "survey" | "roster", told: CutEnds): boolean {
    return this.#lines[source]?.[which].cut(told) ?? false;
  }

  /** The process ends, and its connections with it. */
  kill(): void {
    this.process.kill();
    for (const { survey, roster } of this.#lines) {
      survey.drop();
      roster.drop();
    }
  }

  #line(options: {
    readonly world: World;
    readonly registrar: RegistrarNode;
    readonly source: number;
    readonly reconnectMinMs: number;
  }): Line {
    const { world, registrar, source, reconnectMinMs } = options;
    const topics = new Set<string>();
    const common = {
      world,
      endpoint: registrar.name,
      listener: () => registrar.process,
      reconnectMs: reconnectMinMs,
    };
    const survey = new Socket<ToRegistrar, FromRegistrar>({
      ...common,
      random: world.random.fork(`${this.name} survey ${source}`),
      end: this.#surveyEnd(source),
      queue: world.network.options.surveyQueue,
      open: (end) => registrar.openSurvey(end),
      opening: () => [],
    });
    const roster = new Socket<Subscription, Published>({
      ...common,
      random: world.random.fork(`${this.name} roster ${source}`),
      end: this.#rosterEnd(source),
      queue: 0,
      open: (end) => registrar.openRoster(end),
      opening: () => [...topics].map((topic) => ({ kind: "subscribe", topic })),
    });
    return { survey, roster, topics };
  }

  #surveyEnd(source: number): {
    readonly host: Process<ClientInput, ClientEffect>;
    readonly received: (message: FromRegistrar) => void;
    readonly lost: () => void;
    readonly dropped: () => void;
    readonly paceMs: () => number;
  } {
    return {
      host: this.process,
      received: (message) => this.feed({ kind: "received", source, message }),
      lost: () => {
        this.#events.closed(source);
        this.feed({ kind: "lost", source });
      },
      dropped: () => undefined,
      paceMs: () => 0,
    };
  }

  #rosterEnd(source: number): {
    readonly host: Process<ClientInput, ClientEffect>;
    readonly received: (published: Published, sentMs: number) => void;
    readonly lost: () => void;
    readonly dropped: () => void;
    readonly paceMs: () => number;
  } {
    return {
      host: this.process,
      received: (published, sentMs) => this.#published(source, published, sentMs),
      // Nobody tells the machine; it sees the gap.
      lost: () => this.#events.missed(source),
      dropped: () => this.#events.missed(source),
      paceMs: () => this.paceMs,
    };
  }

  #published(source: number, { topic, message }: Published, sentMs: number): void {
    const before = this.listing.sources;
    this.#sentMs = sentMs;
    this.feed({ kind: "published", source, topic, message });
    this.#sentMs = null;
    const after = this.listing.sources;
    this.#events.delivered({ source, message, sentMs, before, after });
  }

  #performAll(effects: readonly ClientEffect[], world: World): void {
    let hasChanged = false;
    for (const effect of effects) {
      this.#events.effect(effect);
      if (effect.kind === "changed") hasChanged = true;
      for (const one of this.#tamper.fromClient?.(effect, this.name) ?? [effect])
        this.#perform(one);
    }
    if (!hasChanged) return;
    this.#listing = null;
    this.#events.changed(this.#sentMs ?? world.timeline.nowMs);
    // As the shell does after it has emitted, in a later turn.
    world.timeline.at(world.timeline.nowMs, () => this.feed({ kind: "emitted" }));
  }

  #perform(effect: ClientEffect): void {
    if (!("source" in effect)) return;
    const line = this.#lines[effect.source];
    if (line === undefined) return;
    switch (effect.kind) {
      case "dial":
        return line.survey.dial();
      case "hangup":
      case "detach":
        if (line.survey.isConnected) this.#events.closed(effect.source);
        return line.survey.drop();
      case "send":
        return line.survey.send(effect.message);
      case "follow":
        return line.roster.dial();
      case "subscribe":
      case "unsubscribe":
        return this.#subscribe(line, effect.kind, effect.topic);
      default:
      // What is left tells the shell and changes nothing on the network.
    }
  }

  #subscribe(line: Line, kind: "subscribe" | "unsubscribe", topic: string): void {
    if (kind === "subscribe") line.topics.add(topic);
    else line.topics.delete(topic);
    // Without a connection the topics themselves wait: all of them are said on the next one.
    line.roster.send({ kind, topic });
  }
}
