import { tuneClient, tuneRegistrar } from "../core/options.ts";
import { boundsOf } from "./bounds.ts";
import type { Bounds } from "./bounds.ts";
import type { ConsumerFacts, Facts, SeenChange } from "./facts.ts";
import { FaultBoard } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import { Inspector } from "./inspector.ts";
import { NETWORK, Network } from "./network.ts";
import type { World } from "./network.ts";
import { Random } from "./random.ts";
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
      registrarTuning,
      clientTuning,
      tamper: options.tamper ?? {},
    });
    this.inspector = new Inspector(this.fleet, this.trace, options);
    this.fleet.startRegistrar();
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

  /** What is true, and what everybody believes. */
  get facts(): Facts {
    const { registrarBook, peers, residents, ledger, happenings } = this.fleet;
    const consumers = [...residents.values()].flatMap(({ consumer }) =>
      consumer === null ? [] : [consumer],
    );
    return {
      nowMs: this.nowMs,
      bounds: this.bounds,
      registrar: registrarBook,
      peers,
      consumers,
      happenings,
      published: (epoch, service, revision) => ledger.at(epoch, service, revision),
    };
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

  /** Does the next thing and checks everything that is claimed. */
  step(): void {
    this.#steps += 1;
    this.#timeline.step();
    this.inspector.inspect(this.facts, "step");
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
    let changedMs = this.nowMs;
    let seen = this.fleet.looks;
    return this.runUntil(() => {
      if (seen !== this.fleet.looks) changedMs = this.nowMs;
      seen = this.fleet.looks;
      return this.nowMs - changedMs >= quietMs;
    }, withinMs);
  }
}
