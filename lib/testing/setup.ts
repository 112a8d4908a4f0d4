import type { ClientSetup } from "../core/contact.ts";
import type { ClientTuning } from "../core/options.ts";
import type { Card } from "../core/peer.ts";
import type { Random } from "./random.ts";
import type { ClientSpec } from "./resident.ts";

/** The machine's setup for one run of one client. */
export function setupOf(of: {
  readonly name: string;
  readonly spec: ClientSpec;
  /** How many registrars it has. */
  readonly registrars: number;
  readonly nowMs: number;
  readonly tuning: ClientTuning;
  readonly random: Random;
}): ClientSetup {
  const { name, spec, nowMs, tuning, random } = of;
  const { service, id = name } = spec;
  const follows = spec.follows ?? true;
  const instance = random.hex(32);
  return {
    sources: Array.from({ length: of.registrars }, () => spec.anonymous !== true),
    instance,
    // The simulated network does not compare the two.
    secret: instance,
    identity: service === undefined ? null : { service, id, instance },
    showing: service === undefined ? null : { edition: 1, card: cardOf(spec.card, nowMs) },
    services: follows ? (spec.services ?? [service ?? "*"]) : [],
    tuning,
    random: () => random.next(),
  };
}

function cardOf(given: Partial<Card> | undefined, nowMs: number): Card {
  return {
    endpoints: [{ protocol: "tcp", host: "10.0.0.1", port: 8080, scope: "private" }],
    weight: 1,
    tags: [],
    metadata: {},
    status: "passing",
    joinedAt: nowMs,
    ...given,
  };
}
