import type { Workshop } from "./children.ts";
import type { Figure } from "./figures.ts";

/** What a scenario gets. */
export interface Bench {
  readonly workshop: Workshop;
  /** Says on stderr how far it is. */
  readonly progress: (text: string) => void;
}

/** Something that is measured, with its floor in the same run. */
export interface Scenario {
  readonly name: string;
  /** One sentence for the list of scenarios. */
  readonly text: string;
  readonly run: (bench: Bench) => Promise<readonly Figure[]>;
}
