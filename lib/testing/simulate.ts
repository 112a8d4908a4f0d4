import { Cluster } from "./cluster.ts";
import type { SimulateOptions } from "./simulate-options.ts";

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
