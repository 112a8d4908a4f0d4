import type { ConsumerFacts, Facts, PeerFacts } from "./facts.ts";

/** A moment from which a bound counts, and the bound. */
export interface Deadline {
  readonly fromMs: number;
  readonly withinMs: number;
}

/** A claim about each consumer and each peer of a service that it follows. */
export interface PairClaim {
  /** Until when the pair may be as it is; undefined where it is as it should be. */
  readonly deadline: (
    facts: Facts,
    consumer: ConsumerFacts,
    peer: PeerFacts,
  ) => Deadline | undefined;
  /** What is wrong once that has passed, as in "w0 lacks m1". */
  readonly verb: string;
}

/** One claim about the whole system. */
export interface Invariant {
  readonly name: string;
  /** What is claimed, in one sentence. */
  readonly claim: string;
  /**
   * `step`: after every step; `news`: after every step in which something happened, as
   * `Facts.happenings` tells; `rest`: when the troubles are over and had time to be repaired.
   */
  readonly when: "step" | "news" | "rest";
  /** What contradicts the claim, or undefined where nothing does. */
  readonly check: (facts: Facts) => string | undefined;
  /** What `check` is made of, where it goes over all pairs: then only those are looked at that changed. */
  readonly pairs?: PairClaim;
}
