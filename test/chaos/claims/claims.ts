import { theDeadAreOut } from "./absence.ts";
import type { Claim } from "./claim.ts";
import { nobodyIsGone, nobodyLeaves } from "./lossy.ts";
import { nobodyLeavesForNothing, theLivingAreListed } from "./presence.ts";
import { viewsBecomeTheTruth } from "./rest.ts";
import { revisionsNeverGoBack } from "./revisions.ts";

/** What holds whatever is done to registrars, members, watchers and the wires between them. */
export const UNDER_FAULTS: readonly Claim[] = [
  theLivingAreListed,
  nobodyLeavesForNothing,
  theDeadAreOut,
  revisionsNeverGoBack,
  viewsBecomeTheTruth,
];

/** What holds under light packet loss and short pauses, where nobody dies. */
export const UNDER_LOSS: readonly Claim[] = [nobodyLeaves, nobodyIsGone, revisionsNeverGoBack];

/** What is left of that under heavy loss. */
export const UNDER_HEAVY_LOSS: readonly Claim[] = [nobodyIsGone, revisionsNeverGoBack];
