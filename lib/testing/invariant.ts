import type { Facts } from "./facts.ts";

/** One claim about the whole system. */
export interface Invariant {
  readonly name: string;
  /** What is claimed, in one sentence. */
  readonly claim: string;
  /** `step`: after every step; `rest`: when the troubles are over and had time to be repaired. */
  readonly when: "step" | "rest";
  /** What contradicts the claim, or undefined where nothing does. */
  readonly check: (facts: Facts) => string | undefined;
}
