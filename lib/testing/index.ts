/**
 * `rollcall/testing`: the machines of Rollcall over a simulated network in virtual time, with
 * faults, and claims that are checked after every step.
 */
export { simulate } from "./simulate.ts";
export { REGISTRARS_MAX } from "./simulate-options.ts";
export type { SimulateOptions } from "./simulate-options.ts";
export { Cluster } from "./cluster.ts";
export type { Leaving, Patience, Rest } from "./cluster.ts";
export type { Direction, Lasting, Parting } from "./disturbances.ts";
export { INVARIANTS } from "./invariants.ts";
export type { Deadline, Invariant, PairClaim } from "./invariant.ts";
export { Violation } from "./violation.ts";
export { perform, runScenario } from "./scenario.ts";
export type { Action, Outcome, RunOptions, Scenario } from "./scenario.ts";
export { randomScenario } from "./generate.ts";
export { replay } from "./replay.ts";
export type { Decision, Difference, Replay, ReplayOptions } from "./replay.ts";
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
  ConsumerLine,
  Ending,
  Facts,
  Happening,
  MemberLine,
  PeerFacts,
  RegistrarFacts,
  SeenChange,
} from "./facts.ts";
