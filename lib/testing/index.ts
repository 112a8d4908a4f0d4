/**
 * `rollcall/testing`: the machines of Rollcall over a simulated network in virtual time, with
 * faults, and claims that are checked after every step.
 */
export { simulate } from "./simulate.ts";
export type { SimulateOptions } from "./simulate-options.ts";
export { Cluster } from "./cluster.ts";
export type { Direction, Lasting } from "./cluster.ts";
export { INVARIANTS } from "./invariants.ts";
export type { Invariant } from "./invariant.ts";
export { Violation } from "./violation.ts";
export { perform, runScenario } from "./scenario.ts";
export type { Action, Outcome, RunOptions, Scenario } from "./scenario.ts";
export { randomScenario } from "./generate.ts";
export { describeOutcome, shrink } from "./shrink.ts";
export { boundsOf } from "./bounds.ts";
export type { Bounds, BoundsInput } from "./bounds.ts";
export type { Tamper } from "./tamper.ts";
export { NETWORK } from "./network.ts";
export type { NetworkOptions } from "./network.ts";
export { Random } from "./random.ts";
export type { Range } from "./random.ts";
export { Timeline } from "./timeline.ts";
export type { Planned } from "./timeline.ts";
export type {
  ConsumerFacts,
  Ending,
  Facts,
  Happening,
  PeerFacts,
  RegistrarFacts,
  SeenChange,
} from "./facts.ts";
