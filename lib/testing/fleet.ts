import type { ClientSetup } from "../core/client.ts";
import type { ClientEffect } from "../core/io.ts";
import type { ClientTuning, RegistrarTuning } from "../core/options.ts";
import type { Card } from "../core/peer.ts";
import type { Bounds } from "./bounds.ts";
import { ConsumerBook, PeerBook, RegistrarBook } from "./books.ts";
import { ClientNode } from "./client-node.ts";
import type { ClientEvents } from "./client-node.ts";
import type { Ending, Happening } from "./facts.ts";
import { Ledger } from "./ledger.ts";
import type { World } from "./network.ts";
import type { Host } from "./process.ts";
import { RegistrarNode } from "./registrar-node.ts";
import type { ClientSpec, Resident } from "./resident.ts";
import type { Tamper } from "./tamper.ts";

/** The name of the registrar's node. */
export const REGISTRAR = "registrar";
/** How long a leaving member waits for the registrar before it goes all the same. */
const LEAVE_MS = 500;
/** It waits so long until its consumers have acknowledged. */
const PROOF_MS = 400;

/** Starts and ends the processes, and keeps the books that the invariants are checked against. */
export class Fleet {
  readonly registrar: RegistrarNode;
  readonly registrarBook: RegistrarBook;
  readonly ledger = new Ledger();
  readonly peers: PeerBook[] = [];
  readonly residents = new Map<string, Resident>();
  happenings: Happening[] = [];
  /** How often a list was looked at because it may have changed. */
  looks = 0;
  readonly #world: World;
  readonly #bounds: Bounds;
  readonly #clientTuning: ClientTuning;
  readonly #tamper: Tamper;
  #births = 0;

  constructor(options: {
    readonly world: World;
    readonly bounds: Bounds;
    readonly registrarTuning: RegistrarTuning;
    readonly clientTuning: ClientTuning;
    readonly tamper: Tamper;
  }) {
    const { world, tamper } = options;
    this.#world = world;
    this.#bounds = options.bounds;
    this.#clientTuning = options.clientTuning;
    this.#tamper = tamper;
    this.registrar = new RegistrarNode({
      name: REGISTRAR,
      world,
      tuning: options.registrarTuning,
      tamper,
      events: {
        effect: (effect) => {
          if (effect.kind === "publish" && effect.message.kind === "delta")
            this.ledger.record(effect.message);
          if (effect.kind !== "authority") return;
          this.registrarBook.judges(effect.authority, world.timeline.nowMs);
          this.#note(REGISTRAR, `is ${effect.authority}`);
        },
        disconnected: (host) => this.#closed(host),
      },
    });
    this.registrarBook = new RegistrarBook({
      surveyor: () => this.registrar.surveyor,
      epoch: () => this.registrar.epoch,
    });
  }

  /** A process listens at the registrar's endpoint. */
  startRegistrar(): void {
    this.registrarBook.started(this.#world.timeline.nowMs);
    this.registrar.start();
  }

  killRegistrar(): void {
    this.registrarBook.died(this.#world.timeline.nowMs);
    this.registrar.kill();
  }

  /** Starts a client process; one of the same name must have ended. */
  start(name: string, spec: ClientSpec): Resident {
    if (this.residents.has(name)) throw new Error(`${name} runs already`);
    const { nowMs } = this.#world.timeline;
    this.#births += 1;
    const random = this.#world.random.fork(`client ${name} ${this.#births}`);
    const instance = random.hex(32);
    const setup = setupOf({
      name,
      spec,
      instance,
      nowMs,
      tuning: this.#clientTuning,
      random: () => random.next(),
    });
    const node = new ClientNode({
      name,
      world: this.#world,
      setup,
      registrars: [this.registrar],
      tamper: this.#tamper,
      events: this.#eventsOf(name),
    });
    const resident = {
      name,
      spec,
      node,
      peer: this.#peerBook(name, setup),
      consumer: consumerBook(node, setup, nowMs),
    };
    this.residents.set(name, resident);
    node.feed({ kind: "start" });
    if (setup.identity !== null && spec.follows !== false) node.feed({ kind: "follow" });
    return resident;
  }

  /** Says goodbye, and ends the process when the registrar has heard it or had the time to. */
  leave(resident: Resident): void {
    resident.peer?.end("left", this.#world.timeline.nowMs);
    if (resident.consumer !== null) resident.consumer.isOver = true;
    resident.node.feed({ kind: "leave", proofMs: PROOF_MS });
    this.#world.timeline.after(LEAVE_MS, () => this.#remove(resident));
  }

  /** The process is no more; what it was remains in the books. */
  end(resident: Resident, ending: Ending): void {
    resident.peer?.end(ending, this.#world.timeline.nowMs);
    if (resident.consumer !== null) resident.consumer.isOver = true;
    this.#remove(resident);
  }

  #remove(resident: Resident): void {
    if (this.residents.get(resident.name) === resident) this.residents.delete(resident.name);
    resident.node.kill();
  }

  #peerBook(name: string, { identity, showing }: ClientSetup): PeerBook | null {
    if (identity === null || showing === null) return null;
    const { timeline, network } = this.#world;
    // Before a silence is mended, its answers have to arrive.
    const silenceGapMs =
      2 * this.#bounds.delayMs + network.options.retransmitMs[1] + this.#bounds.judgementMs;
    const book = new PeerBook({
      node: name,
      ...identity,
      card: showing.card,
      nowMs: timeline.nowMs,
      silenceGapMs,
    });
    this.peers.push(book);
    return book;
  }

  #eventsOf(name: string): ClientEvents {
    const resident = (): Resident | undefined => this.residents.get(name);
    const { timeline } = this.#world;
    return {
      effect: (effect) => this.#effect(name, effect),
      changed: (sentMs) => this.#look(resident()?.consumer ?? null, sentMs),
      delivered: (delivery) => {
        const { consumer = null, node } = resident() ?? {};
        if (consumer === null || node === undefined) return;
        this.happenings.push({ kind: "delivered", consumer, delivery });
        if (consumer.mayLag && node.isSubscribed && this.#isLatest(consumer)) {
          consumer.caughtUp(timeline.nowMs, timeline.nowMs + this.#bounds.judgementMs);
        }
      },
      closed: () => {
        const one = resident();
        if (one !== undefined) this.#closed(one.node.process);
      },
      missed: () => resident()?.consumer?.trouble.moment(timeline.nowMs),
    };
  }

  #look(consumer: ConsumerBook | null, sentMs: number): void {
    const { nowMs } = this.#world.timeline;
    const looked = consumer?.look({ nowMs, sentMs }) ?? null;
    if (consumer === null || looked === null) return;
    const { listing, seen, isFirst } = looked;
    this.looks += 1;
    this.happenings.push({ kind: "listed", consumer, listing });
    if (seen.length > 0) this.happenings.push({ kind: "changes", consumer, seen, isFirst });
    for (const { change } of seen) {
      this.#note(consumer.node, `sees ${change.peer.id} ${change.kind} (${change.cause})`);
    }
  }

  /** It holds the latest revision of everything it follows. */
  #isLatest({ services, sources, readyMs, authority }: ConsumerBook): boolean {
    const { surveyor, epoch } = this.registrar;
    if (surveyor === null || readyMs === null || authority === "stale") return false;
    const followed = services.includes("*") ? surveyor.services : services;
    return followed.every((service) => {
      const held = sources.find((source) => source.service === service);
      if (held === undefined) return false;
      // A service that is not open has no number of its own.
      const isOpen = surveyor.services.includes(service);
      return (
        held.epoch === epoch && (!isOpen || held.revision === surveyor.published(service).revision)
      );
    });
  }

  /** A survey connection of this process closed, at either end. */
  #closed(host: Host): void {
    const resident = this.residents.get(host.name);
    if (resident?.node.process !== host) return;
    this.#note(host.name, "survey connection closed");
    resident.peer?.closed(this.#world.timeline.nowMs, this.#bounds.judgementMs);
  }

  #effect(name: string, effect: ClientEffect): void {
    const { timeline } = this.#world;
    const resident = this.residents.get(name);
    switch (effect.kind) {
      case "accepted":
        resident?.peer?.accepted(timeline.nowMs);
        return this.#note(name, "is accepted");
      case "refused":
        this.#note(name, `is refused: ${effect.code}`);
        if (effect.final && resident !== undefined) {
          timeline.at(timeline.nowMs, () => this.end(resident, "refused"));
        }
        return;
      case "proof":
        if (resident === undefined || resident.peer === null) return;
        resident.peer.provenTo = [...resident.peer.provenTo, ...effect.acknowledged];
        if (!effect.more) timeline.at(timeline.nowMs, () => this.#remove(resident));
        return;
      case "connection":
        return this.#note(name, `is ${effect.connection.kind}`);
      default:
    }
  }

  #note(node: string, text: string): void {
    this.#world.trace.add({ atMs: this.#world.timeline.nowMs, node, text });
  }
}

function consumerBook(node: ClientNode, setup: ClientSetup, nowMs: number): ConsumerBook | null {
  if (setup.services.length === 0) return null;
  const isNamed = setup.sources.some(Boolean);
  const { instance, services } = setup;
  return new ConsumerBook({ node, instance, services, isNamed, nowMs });
}

function setupOf(of: {
  readonly name: string;
  readonly spec: ClientSpec;
  readonly instance: string;
  readonly nowMs: number;
  readonly tuning: ClientTuning;
  readonly random: () => number;
}): ClientSetup {
  const { name, spec, instance, nowMs, tuning, random } = of;
  const { service, id = name } = spec;
  const follows = spec.follows ?? true;
  return {
    sources: [spec.anonymous !== true],
    instance,
    identity: service === undefined ? null : { service, id, instance },
    showing: service === undefined ? null : { edition: 1, card: cardOf(spec.card, nowMs) },
    services: follows ? (spec.services ?? [service ?? "*"]) : [],
    tuning,
    random,
  };
}

function cardOf(given: Partial<Card> | undefined, nowMs: number): Card {
  return {
    endpoints: [{ protocol: "tcp", host: "10.0.0.1", port: 8080, scope: "private" }],
    weight: 1,
    tags: [],
    metadata: {},
    status: "passing",
    joinedAt: nowMs,
    ...given,
  };
}
