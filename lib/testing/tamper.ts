import type { ClientEffect, ClientInput, SurveyorEffect, SurveyorInput } from "../core/io.ts";
import type { RegistrarTuning } from "../core/options.ts";

/**
 * A planted bug: whatever goes into a machine or comes out of it can be dropped, changed or added
 * to. Tests plant bugs in order to prove that the invariants bite. One object serves one run, so it
 * may remember things. `name` is that of the node it happens at.
 */
export interface Tamper {
  /** The numbers the registrar really works with; the bounds still follow those it was given. */
  readonly registrarTuning?: (tuning: RegistrarTuning) => RegistrarTuning;
  readonly toRegistrar?: (input: SurveyorInput, name: string) => readonly SurveyorInput[];
  readonly fromRegistrar?: (effect: SurveyorEffect, name: string) => readonly SurveyorEffect[];
  readonly toClient?: (input: ClientInput, name: string) => readonly ClientInput[];
  readonly fromClient?: (effect: ClientEffect, name: string) => readonly ClientEffect[];
}
