import { RollcallError } from "../core/errors.ts";
import { tuneClient, tuneRegistrar } from "../core/options.ts";
import type { Recording } from "../core/recording.ts";
import { ALL } from "../core/topics.ts";
import { boundsOf } from "./bounds.ts";
import type { Bounds } from "./bounds.ts";
import type { ConsumerFacts, Facts, RegistrarFacts, SeenChange } from "./facts.ts";
import { FaultBoard } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import { Inspector } from "./inspector.ts";
import { NETWORK, Network } from "./network.ts";
import type { World } from "./network.ts";
import { Random } from "./random.ts";
import { REGISTRARS_MAX } from "./simulate-options.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import { Timeline } from "./timeline.ts";
import { Trace } from "./trace.ts";

/** Consumers beyond those of the start that the bounds leave room for. */
const MORE_CONSUMERS = 64;

/**
 * One run in virtual time: what there is, how to let time pass, and what to look at. A violated
 * invariant throws out of `step` and of everything that steps.
 */
export class Simulation {
  readonly bounds: Bounds;
  readonly trace: Trace;
  /** What is true, and what everybody believes. */
  readonly facts: Facts;
  protected readonly world: World;
  protected readonly fleet: Fleet;
  protected readonly faults: FaultBoard;
  protected readonly inspector: Inspector;
  readonly #timeline = new Timeline();
  #steps = 0;

  constructor(options: SimulateOptions) {
    const registrarTuning = tuneRegistrar(options.registrar);
    const clientTuning = tuneClient(options.client);
    const network = new Network({ ...NETWORK, ...options.network });
    this.trace = new Trace(options.traceLines);
    this.bounds = boundsOf({
      registrar: registrarTuning,
      client: clientTuning,
      network: network.options,
      consumers: (options.members ?? 0) + (options.watchers ?? 0) + MORE_CONSUMERS,
    });
    this.world = {
      timeline: this.#timeline,
      network,
      trace: this.trace,
      random: new Random(options.seed),
      broken: (node, what) => void this.fleet.happenings.push({ kind: "broken", node, what }),
    };
    this.faults = new FaultBoard(this.#timeline);
    this.fleet = new Fleet({
      world: this.world,
      bounds: this.bounds,
      registrars: registrarsOf(options),
      registrarTuning,
      clientTuning,
      tamper: options.tamper ?? {},
    });
    this.facts = new FleetFacts(this.fleet, this.#timeline, this.bounds);
    this.inspector = new Inspector(this.fleet, this.trace, options);
    for (const [name, office] of this.fleet.offices) {
      if (options.late?.includes(name) === true) office.book.absent(this.nowMs);
      else this.fleet.startRegistrar(office);
    }
  }

  /** Virtual time since the start. */
  get nowMs(): number {
    return this.#timeline.nowMs;
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** Names of the client nodes that run. */
  get nodes(): readonly string[] {
    return [...this.fleet.residents.keys()];
  }

  /** Names of the registrars, up or not. */
  get registrars(): readonly string[] {
    return [...this.fleet.offices.keys()];
  }

  /** What is true of one registrar, the first by default. Throws where there is none. */
  registrar(name: string = this.registrars[0] ?? ""): RegistrarFacts {
    const book = this.fleet.offices.get(name)?.book;
    if (book === undefined) throw new Error(`${name} is no registrar`);
    return book;
  }

  /** What one consumer believes. Throws where the node consumes nothing. */
  consumer(name: string): ConsumerFacts {
    const consumer = this.fleet.residents.get(name)?.consumer ?? null;
    if (consumer === null) throw new Error(`${name} is no consumer that runs`);
    return consumer;
  }

  /** Ids of the peers that a consumer may use. */
  ids(name: string): readonly string[] {
    return this.consumer(name).usable.map((peer) => peer.id);
  }

  /** What a consumer saw happen to its list. */
  changes(name: string): readonly SeenChange[] {
    return this.consumer(name).changes;
  }

  /** What a registrar remembers, as `record()` of a real one gives it; null while it is down. */
  record(name: string = this.registrars[0] ?? ""): Recording | null {
    const recording = this.fleet.offices.get(name)?.node.surveyor?.record(ALL, this.nowMs);
    return recording === undefined ? null : { ...recording, takenAt: Math.round(this.nowMs) };
  }

  /** Does the next thing and checks everything that is claimed. */
  step(): void {
    this.#steps += 1;
    this.#timeline.step();
    this.inspector.inspect(this.facts);
  }

  /** Lets so much time pass. */
  runFor(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.#timeline.nextMs <= untilMs) this.step();
    this.#timeline.advanceTo(untilMs);
  }

  /** Runs until something holds, and says how long that took. Throws where it does not in time. */
  runUntil(holds: () => boolean, withinMs: number): number {
    const fromMs = this.nowMs;
    while (!holds()) {
      if (this.#timeline.nextMs > fromMs + withinMs) {
        throw new Error(`not within ${withinMs} ms\n${this.trace.render(40)}`);
      }
      this.step();
    }
    return this.nowMs - fromMs;
  }

  /** Runs until no list has changed for so long, and says how long that took. */
  runUntilIdle(
    quietMs: number = this.bounds.freezeMs,
    withinMs: number = this.bounds.convergenceMs,
  ): number {
    const { observer } = this.fleet;
    let changedMs = this.nowMs;
    let seen = observer.looks;
    return this.runUntil(() => {
      if (seen !== observer.looks) changedMs = this.nowMs;
      seen = observer.looks;
      return this.nowMs - changedMs >= quietMs;
    }, withinMs);
  }
}

/** The books, as invariants may look at them: always what is true now. */
class FleetFacts implements Facts {
  readonly bounds: Bounds;
  readonly registrars: ReadonlyMap<string, RegistrarFacts>;
  readonly published: Facts["published"];
  readonly #fleet: Fleet;
  readonly #timeline: Timeline;

  constructor(fleet: Fleet, timeline: Timeline, bounds: Bounds) {
    this.#fleet = fleet;
    this.#timeline = timeline;
    this.bounds = bounds;
    this.registrars = new Map([...fleet.offices].map(([name, { book }]) => [name, book]));
    this.published = (epoch, service, revision) => fleet.ledger.at(epoch, service, revision);
  }

  get nowMs(): number {
    return this.#timeline.nowMs;
  }

  get peers(): Facts["peers"] {
    return this.#fleet.peers;
  }

  get consumers(): Facts["consumers"] {
    return this.#fleet.consumers;
  }

  get happenings(): Facts["happenings"] {
    return this.#fleet.happenings;
  }
}

function registrarsOf({ registrars = 1 }: SimulateOptions): number {
  if (Number.isInteger(registrars) && registrars >= 1 && registrars <= REGISTRARS_MAX)
    return registrars;
  throw new RollcallError(
    "ERR_OPTION",
    `registrars is ${registrars} but takes a whole number from 1 to ${REGISTRARS_MAX}`,
  );
}
