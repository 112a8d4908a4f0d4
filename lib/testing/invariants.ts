import { departureInvariants } from "./departures.ts";
import type { Invariant } from "./invariant.ts";
import { proofInvariants } from "./proofs.ts";
import { presenceInvariants } from "./presence.ts";
import { restInvariants } from "./rest.ts";
import { returnInvariants } from "./returns.ts";
import { revisionInvariants } from "./revisions.ts";

/** Everything that is claimed. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: "machines never fail",
    claim: "No machine throws, spins, or asks for a deadline that is no number.",
    when: "news",
    check: ({ happenings }) => {
      for (const happening of happenings) {
        if (happening.kind === "broken") return `${happening.node} ${happening.what}`;
      }
      return undefined;
    },
  },
  ...revisionInvariants,
  ...departureInvariants,
  ...proofInvariants,
  ...presenceInvariants,
  ...returnInvariants,
  ...restInvariants,
];
