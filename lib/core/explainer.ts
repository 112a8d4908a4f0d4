import type { Explain, Explanation } from "./messages.ts";
import type { PeerEvent, RegistrarEvent } from "./record-event.ts";
import { describePeerEvent, describeRegistrarEvent } from "./record-text.ts";
import type { PeerState } from "./recording.ts";
import type { Rolls } from "./rolls.ts";

/** One event in words and as data, with its age in milliseconds. */
export interface ExplainedEvent<E> {
  readonly agoMs: number;
  /** In words, for people; the words may change. */
  readonly event: string;
  /** The same for programs. */
  readonly detail: E;
}

/** What the registrar remembers of one peer. Times are ages, in milliseconds. */
export interface ExplanationOf extends PeerState {
  /** Earlier events that were forgotten. */
  readonly dropped: number;
  /** Oldest first; `revision` is the one that published it, or null. */
  readonly events: readonly (ExplainedEvent<PeerEvent> & { readonly revision: number | null })[];
  /** What happened to the registrar itself since the first of them. */
  readonly registrar: readonly ExplainedEvent<RegistrarEvent>[];
}

/** Answers "why is this peer in or not in my pool?". */
export class Explainer {
  readonly #rolls: Rolls;

  constructor(rolls: Rolls) {
    this.#rolls = rolls;
  }

  explain(service: string, id: string, nowMs: number): ExplanationOf | undefined {
    const { recorder } = this.#rolls;
    const ring = recorder.history.of(service, id);
    if (ring === undefined) return undefined;
    const nowSinceMs = recorder.sinceStartMs(nowMs);
    const fromMs = recorder.sinceStartMs(ring.notes[0]?.atMs ?? nowMs);
    return {
      ...stateOf(this.#rolls, service, id),
      dropped: ring.dropped,
      events: ring.notes.map(({ atMs, event, revision }) => ({
        agoMs: Math.round(nowMs - atMs),
        event: describePeerEvent(event),
        detail: event,
        revision,
      })),
      registrar: recorder.registrar
        .filter((event) => event.atMs >= fromMs)
        .map(({ atMs, ...event }) => ({
          agoMs: Math.round(nowSinceMs - atMs),
          event: describeRegistrarEvent(event),
          detail: event,
        })),
    };
  }

  answer({ token, service, id }: Explain, nowMs: number): Explanation {
    const found = this.explain(service, id, nowMs);
    const json = JSON.stringify(found ?? null);
    return { kind: "explanation", token, found: found !== undefined, json };
  }
}

/** How a name stands; gone where nobody has it. */
export function stateOf(rolls: Rolls, service: string, id: string): PeerState {
  const member = rolls.registry.find(service, id);
  return {
    service,
    id,
    instance: member?.instance ?? null,
    standing: member?.entry.standing ?? "gone",
    cause: member?.entry.cause ?? null,
    status: member?.entry.card.status ?? null,
    edition: member?.entry.edition ?? null,
    connected: typeof member?.route === "string",
  };
}
