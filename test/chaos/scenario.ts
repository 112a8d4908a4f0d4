import type { Claim, Violation } from "./claims/claim.ts";
import type { Roles } from "../helpers/compiled.ts";
import type { Story } from "./story.ts";

/** What was asked for. */
export interface Order {
  /** How long faults are brought about; each scenario has its own default. */
  readonly minutes: number;
  readonly seed: number;
  readonly members: number;
}

/** What a scenario has to work with. */
export interface Workshop {
  readonly roles: Roles;
  /** Says on stderr how far it is. */
  readonly say: (text: string) => void;
}

/** One line of the table. */
export interface Figure {
  readonly name: string;
  /** As it is shown, with its unit. */
  readonly shown: string;
  readonly value: number | null;
  /** What it may be at most; none where nothing is claimed. */
  readonly most?: number;
}

/** One story, judged. */
export interface Outcome {
  readonly story: Story;
  readonly claims: readonly Claim[];
  readonly violations: readonly Violation[];
  readonly figures: readonly Figure[];
  /** Who lacked whom for a while, and what excuses it. */
  readonly lacks: readonly string[];
}

/** Something that is done to real processes. */
export interface Scenario {
  readonly name: string;
  /** One sentence for the list of scenarios. */
  readonly text: string;
  readonly minutes: number;
  readonly run: (order: Order, workshop: Workshop) => Promise<readonly Outcome[]>;
}
