import type { Explain } from "./messages.ts";
import type { LeftCause, Status } from "./peer.ts";
import { keyOf } from "./peer.ts";
import type { Rolls } from "./rolls.ts";
import type { SurveyorEffect } from "./io.ts";

/** What the registrar remembers of one peer. Times are ages, in milliseconds. */
export interface ExplanationOf {
  readonly service: string;
  readonly id: string;
  readonly instance: string | null;
  readonly standing: "alive" | "suspect" | "gone";
  /** Why it is suspect. */
  readonly cause: LeftCause | null;
  readonly status: Status | null;
  readonly edition: number | null;
  readonly connected: boolean;
  /** Oldest first. */
  readonly events: readonly { readonly agoMs: number; readonly event: string }[];
}

/** Answers "why is this peer in or not in my pool?". */
export class Explainer {
  readonly #rolls: Rolls;

  constructor(rolls: Rolls) {
    this.#rolls = rolls;
  }

  explain(service: string, id: string, nowMs: number): ExplanationOf | undefined {
    const member = this.#rolls.registry.find(service, id);
    const notes = this.#rolls.history.of(keyOf(service, id));
    if (member === undefined && notes.length === 0) return undefined;
    return {
      service,
      id,
      instance: member?.instance ?? null,
      standing: member?.entry.standing ?? "gone",
      cause: member?.entry.cause ?? null,
      status: member?.entry.card.status ?? null,
      edition: member?.entry.edition ?? null,
      connected: typeof member?.route === "string",
      events: notes.map(({ atMs, event }) => ({ agoMs: Math.round(nowMs - atMs), event })),
    };
  }

  reply(route: string, request: Explain, nowMs: number): SurveyorEffect {
    const found = this.explain(request.service, request.id, nowMs);
    return {
      kind: "reply",
      route,
      message: {
        kind: "explanation",
        token: request.token,
        found: found !== undefined,
        json: JSON.stringify(found ?? null),
      },
    };
  }
}
