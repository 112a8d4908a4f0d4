import type { ClientTuning, RegistrarTuning, Some } from "../core/options.ts";
import { Cluster } from "./cluster.ts";
import type { Invariant } from "./invariants.ts";
import type { NetworkOptions } from "./network.ts";
import type { Tamper } from "./tamper.ts";

/** What a simulation starts with. Everything random in it follows from the seed. */
export interface SimulateOptions {
  /** A whole number. */
  readonly seed: number;
  /** One registrar, up from the start. */
  readonly registrars?: 1;
  /** Members `m0`, `m1`, … of the service `main`, up from the start. Default 0. */
  readonly members?: number;
  /** Watchers `w0`, `w1`, … of all services, up from the start. Default 0. */
  readonly watchers?: number;
  readonly registrar?: Some<RegistrarTuning>;
  readonly client?: Some<ClientTuning>;
  readonly network?: Partial<NetworkOptions>;
  /** What is checked after every step and at rest. Default all invariants. */
  readonly invariants?: readonly Invariant[];
  /** A planted bug. */
  readonly tamper?: Tamper;
  /** Lines of the trace that are kept. */
  readonly traceLines?: number;
}

/**
 * A registrar, members and watchers over a simulated network in virtual time: the machines are
 * those that ship, the rest is made up. Nothing happens until `step`, `runFor` or `runUntil`.
 *
 * ```ts
 * const cluster = simulate({ seed: 1, members: 3, watchers: 1 });
 * cluster.runFor(1000);
 * cluster.crash("m1");
 * cluster.runFor(100);
 * assert.deepEqual(cluster.ids("w0"), ["m0", "m2"]);
 * ```
 */
export function simulate(options: SimulateOptions): Cluster {
  const cluster = new Cluster(options);
  for (let m = 0; m < (options.members ?? 0); m += 1) cluster.join(`m${m}`);
  for (let w = 0; w < (options.watchers ?? 0); w += 1) cluster.watch(`w${w}`);
  return cluster;
}
