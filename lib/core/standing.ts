import type { LeftCause, Standing } from "./peer.ts";

/** What the registrar can learn about a member. */
export type Sighting =
  | "answered"
  | "returned"
  | "connectionLost"
  | "fellSilent"
  | "notReturned"
  | "saidGoodbye"
  | "replaced"
  | "expired"
  | "reported"
  | "cleared"
  | "expelled";

type Row = Partial<Readonly<Record<Sighting, Standing>>>;

/**
 * Every transition there is; what is absent changes nothing. Evidence has strength: a closed
 * connection or silence makes a suspect, who may come back; goodbye and replacement are final.
 */
export const TRANSITIONS: Readonly<Record<"alive" | "suspect", Row>> = {
  alive: {
    answered: "alive",
    returned: "alive",
    connectionLost: "suspect",
    fellSilent: "suspect",
    notReturned: "suspect",
    reported: "suspect",
    saidGoodbye: "gone",
    replaced: "gone",
    expelled: "gone",
  },
  suspect: {
    answered: "alive",
    returned: "alive",
    cleared: "alive",
    connectionLost: "suspect",
    saidGoodbye: "gone",
    replaced: "gone",
    expelled: "gone",
    expired: "gone",
  },
};

/** The cause that a sighting leaves behind. */
export const CAUSES: Readonly<Partial<Record<Sighting, LeftCause>>> = {
  connectionLost: "connection-lost",
  fellSilent: "missed-surveys",
  notReturned: "not-returned",
  reported: "health-check",
  saidGoodbye: "goodbye",
  replaced: "replaced",
  // No goodbye: it lives, and other registrars may go on listing it.
  expelled: "unknown",
};

/** The standing after a sighting; undefined where the table has no such transition. */
export function afterSighting(
  standing: "alive" | "suspect",
  sighting: Sighting,
): Standing | undefined {
  return TRANSITIONS[standing][sighting];
}

/** The table as a Mermaid state diagram, for the map of the code. */
export function renderStandings(): string {
  const lines = ["stateDiagram-v2", "  [*] --> alive: joined"];
  for (const [from, row] of Object.entries(TRANSITIONS)) {
    for (const [sighting, to] of Object.entries(row)) {
      lines.push(`  ${from} --> ${to}: ${sighting}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
