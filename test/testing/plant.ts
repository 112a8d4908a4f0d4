import type { ClientInput } from "../../lib/core/io.ts";
import type { RosterMessage } from "../../lib/core/messages.ts";
import type { Scenario, Tamper } from "../../lib/testing/index.ts";

/** A bug that somebody could write, and the claims that may find it. */
export interface Plant {
  readonly bug: string;
  readonly foundBy: readonly string[];
  /** The story that shows a bug which made-up ones show too seldom, in place of the first seeds. */
  readonly story?: Scenario;
  readonly plant: () => Tamper;
}

type Published = Extract<ClientInput, { kind: "published" }>;

/** Changes what consumers hear. */
export function hearing(
  change: (message: RosterMessage, input: Published, name: string) => RosterMessage,
): Tamper {
  return {
    toClient: (input, name) =>
      input.kind === "published"
        ? [{ ...input, message: change(input.message, input, name) }]
        : [input],
  };
}
