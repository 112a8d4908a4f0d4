import type { ClientSetup } from "../core/contact.ts";
import type { ClientTuning, RegistrarTuning } from "../core/options.ts";
import type { Bounds } from "./bounds.ts";
import { ClientNode } from "./client-node.ts";
import { ConsumerBook } from "./consumer-book.ts";
import { Docket } from "./docket.ts";
import { Doubts } from "./doubts.ts";
import type { Ending, Happening } from "./facts.ts";
import { Farewells } from "./farewells.ts";
import { Ledger } from "./ledger.ts";
import type { World } from "./network.ts";
import { Observer } from "./observer.ts";
import { registrarName } from "./office.ts";
import type { Office } from "./office.ts";
import { PeerBook } from "./peer-book.ts";
import { RegistrarBook } from "./registrar-book.ts";
import { RegistrarNode } from "./registrar-node.ts";
import type { ClientSpec, Farewelling, Resident } from "./resident.ts";
import { setupOf } from "./setup.ts";
import type { Tamper } from "./tamper.ts";

/** What a fleet is made of. */
export interface FleetOptions {
  readonly world: World;
  readonly bounds: Bounds;
  readonly registrars: number;
  readonly registrarTuning: RegistrarTuning;
  readonly clientTuning: ClientTuning;
  readonly tamper: Tamper;
}

/** Starts and ends the processes, and keeps the books that the invariants are checked against. */
export class Fleet {
  readonly offices: ReadonlyMap<string, Office>;
  readonly ledger = new Ledger();
  readonly docket = new Docket();
  readonly doubts: Doubts;
  readonly farewells: Farewells;
  readonly peers: PeerBook[] = [];
  readonly residents = new Map<string, Resident>();
  consumers: readonly ConsumerBook[] = [];
  happenings: Happening[] = [];
  readonly observer: Observer;
  readonly #options: FleetOptions;
  readonly #births = new Map<string, number>();
  readonly #namesakes = new Map<string, PeerBook[]>();

  constructor(options: FleetOptions) {
    const { world, bounds, registrarTuning } = options;
    this.#options = options;
    this.observer = new Observer({ fleet: this, world, bounds });
    this.doubts = new Doubts(world, registrarTuning.reportTtlMs);
    this.farewells = new Farewells(world, (resident, farewell) =>
      this.#concluded(resident, farewell),
    );
    const offices = Array.from({ length: options.registrars }, (_, place) => this.#office(place));
    this.offices = new Map(offices.map((office) => [office.node.name, office]));
  }

  /** A process listens at the registrar's endpoint. */
  startRegistrar({ node, book }: Office): void {
    book.started(this.#nowMs);
    node.start();
  }

  killRegistrar({ node, book }: Office): void {
    book.died(this.#nowMs);
    node.kill();
  }

  /** Starts a client process; one of the same name must have ended. */
  start(name: string, spec: ClientSpec): Resident {
    if (this.residents.has(name)) throw new Error(`${name} runs already`);
    const { world, tamper, clientTuning } = this.#options;
    const nowMs = this.#nowMs;
    const births = (this.#births.get(name) ?? 0) + 1;
    this.#births.set(name, births);
    const offices = this.#officesOf(spec);
    const setup = setupOf({
      name,
      spec,
      registrars: offices.length,
      nowMs,
      tuning: clientTuning,
      random: world.random.fork(`client ${name} ${births}`),
    });
    const registrars = offices.map(({ node }) => node.name);
    const events = this.observer.eventsOf(name);
    const nodes = offices.map(({ node }) => node);
    const node = new ClientNode({ name, world, setup, registrars: nodes, tamper, events });
    const resident: Resident = {
      name,
      spec,
      node,
      registrars,
      peer: this.#peerBook(name, setup, registrars),
      consumer: this.#consumerBook(node, setup, registrars),
      farewell: null,
    };
    this.residents.set(name, resident);
    this.#census();
    node.feed({ kind: "start" });
    if (setup.identity !== null && spec.follows !== false) node.feed({ kind: "follow" });
    return resident;
  }

  /** Says goodbye, and ends the process when all that is known of it is said, or at the deadline. */
  leave(resident: Resident, deadlineMs: number, wantsProof: boolean): void {
    resident.peer?.end("left", this.#nowMs);
    resident.consumer?.ends();
    this.farewells.leave(resident, deadlineMs, wantsProof);
  }

  /** The process is no more; what it was remains in the books. */
  end(resident: Resident, ending: Ending): void {
    resident.peer?.end(ending, this.#nowMs);
    resident.consumer?.ends();
    this.#remove(resident);
  }

  get #nowMs(): number {
    return this.#options.world.timeline.nowMs;
  }

  #office(place: number): Office {
    const { world, registrarTuning, tamper } = this.#options;
    const name = registrarName(place);
    const events = this.observer.registrarEventsOf(name);
    const node = new RegistrarNode({ name, world, tuning: registrarTuning, tamper, events });
    return { node, book: new RegistrarBook(node, () => this.docket.all()) };
  }

  /** In the order of the spec; names that nobody bears are left out. */
  #officesOf({ registrars }: ClientSpec): readonly Office[] {
    const named = (registrars ?? []).flatMap((name) => this.offices.get(name) ?? []);
    return named.length > 0 ? named : [...this.offices.values()];
  }

  #concluded(resident: Resident, { proof, sinceMs, edition }: Farewelling): void {
    const { peer } = resident;
    // A card shown since makes what was said of an older one worthless.
    if (peer !== null && proof !== null && (edition === null || edition === peer.edition)) {
      // Whoever has an older card from another registrar may show that one again.
      if (proof.complete) peer.proven(proof.acknowledged);
      this.happenings.push({ kind: "proven", peer, proof, sinceMs });
    }
    if (edition === null) this.#remove(resident);
  }

  #remove(resident: Resident): void {
    if (this.residents.get(resident.name) === resident) {
      this.residents.delete(resident.name);
      this.#census();
    }
    resident.node.kill();
  }

  #census(): void {
    this.consumers = [...this.residents.values()].flatMap(({ consumer }) => consumer ?? []);
  }

  #peerBook(
    node: string,
    { identity, showing }: ClientSetup,
    registrars: readonly string[],
  ): PeerBook | null {
    if (identity === null || showing === null) return null;
    const { world, bounds } = this.#options;
    const key = `${identity.service} ${identity.id}`;
    const namesakes = this.#namesakes.get(key) ?? [];
    this.#namesakes.set(key, namesakes);
    const book = new PeerBook({
      node,
      ...identity,
      card: showing.card,
      nowMs: this.#nowMs,
      registrars,
      namesakes,
      // Before a silence is mended, its answers have to arrive.
      silenceGapMs: 2 * bounds.delayMs + world.network.options.retransmitMs[1] + bounds.judgementMs,
      changed: (changed) => this.docket.peer(changed),
    });
    this.peers.push(book);
    this.docket.peer(book);
    return book;
  }

  #consumerBook(
    node: ClientNode,
    { sources, instance, services }: ClientSetup,
    registrars: readonly string[],
  ): ConsumerBook | null {
    if (services.length === 0) return null;
    return new ConsumerBook({
      node,
      instance,
      services,
      registrars,
      isNamed: sources.some(Boolean),
      nowMs: this.#nowMs,
      changed: (changed) => this.docket.consumer(changed),
    });
  }
}
