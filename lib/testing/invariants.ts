import { departureInvariants } from "./departures.ts";
import type { Facts } from "./facts.ts";
import { presenceInvariants } from "./presence.ts";
import { restInvariants } from "./rest.ts";
import { revisionInvariants } from "./revisions.ts";

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

/** Everything that is claimed. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: "machines never fail",
    claim: "No machine throws, spins, or asks for a deadline that is no number.",
    when: "step",
    check: ({ happenings }) => {
      for (const happening of happenings) {
        if (happening.kind === "broken") return `${happening.node} ${happening.what}`;
      }
      return undefined;
    },
  },
  ...revisionInvariants,
  ...departureInvariants,
  ...presenceInvariants,
  ...restInvariants,
];
