import { Credit } from "./credit.ts";
import { Explainer, stateOf } from "./explainer.ts";
import type { Ring } from "./history.ts";
import type { SurveyorEffect } from "./io.ts";
import { LIMITS } from "./limits.ts";
import type { Explain, Explanation, Export, Exported } from "./messages.ts";
import { TICK_MS } from "./options.ts";
import { RECORDING_VERSION } from "./recording.ts";
import type { RecordedPeer, Recording, RecordingHead, RecordingPage } from "./recording.ts";
import type { Rolls } from "./rolls.ts";
import { ALL } from "./topics.ts";

/**
 * Gives the record out: whole to the process it lives in, page by page and peer by peer to clients.
 * One page in one clock step, because whoever asks for much must not keep the registrar from
 * its work; and no more than each shows to have read, because the rest waits in our memory.
 */
export class RecordDesk {
  readonly #rolls: Rolls;
  readonly #explainer: Explainer;
  readonly #credit: Credit;
  readonly #waiting = new Map<string, Export>();
  #freeMs = -Infinity;

  constructor(rolls: Rolls) {
    this.#rolls = rolls;
    this.#explainer = new Explainer(rolls);
    this.#credit = new Credit(rolls.rounds);
  }

  /** What is remembered of one peer; undefined where nothing is. */
  explain(service: string, id: string, nowMs: number): ReturnType<Explainer["explain"]> {
    return this.#explainer.explain(service, id, nowMs);
  }

  /** Everything remembered of one service, or of all with `*`. */
  record(service: string, nowMs: number): Omit<Recording, "takenAt"> {
    const peers = [...this.#rings(service, 0)].map((ring) => this.#peer(ring));
    return { ...this.#head(service, nowMs), peers };
  }

  /** Takes a question of one who is surveyed, and says what is to be said at once. */
  take(route: string, question: Explain | Export, nowMs: number): SurveyorEffect | undefined {
    if (question.kind === "export") return this.#queue(route, question);
    if (!this.#credit.has(route)) return note("record.unread", question);
    return this.#give(route, this.#explainer.answer(question, nowMs));
  }

  /** An answer of a connection; true where a page may be due by that. */
  answered(route: string, round: number): boolean {
    return this.#credit.answered(route, round) && this.#waiting.has(route);
  }

  disconnected(route: string): void {
    this.#waiting.delete(route);
    this.#credit.closed(route);
  }

  /** The next page, where somebody waits for it and its time has come. */
  due(nowMs: number): SurveyorEffect | undefined {
    if (nowMs < this.#freeMs) return undefined;
    for (const [route, request] of this.#waiting) {
      if (!this.#credit.has(route)) continue;
      this.#waiting.delete(route);
      this.#freeMs = nowMs + TICK_MS;
      return this.#give(route, this.#page(request, nowMs));
    }
    return undefined;
  }

  /** Whoever has no credit waits for its own answer, and for no time. */
  nextMs(): number {
    for (const route of this.#waiting.keys()) if (this.#credit.has(route)) return this.#freeMs;
    return Infinity;
  }

  /** One request of each connection waits, the latest. One without credit makes room for others. */
  #queue(route: string, request: Export): SurveyorEffect | undefined {
    if (this.#waiting.size >= LIMITS.recordRequestsMax && !this.#waiting.has(route)) {
      const idle = [...this.#waiting.keys()].find((other) => !this.#credit.has(other));
      if (idle === undefined || !this.#credit.has(route)) return note("record.tooMany", request);
      this.#waiting.delete(idle);
    }
    this.#waiting.set(route, request);
    return undefined;
  }

  #give(route: string, message: Explanation | Exported): SurveyorEffect {
    this.#credit.spend(route, message.json.length);
    return { kind: "reply", route, message };
  }

  #page({ token, service, after }: Export, nowMs: number): Exported {
    const peers: string[] = [];
    let letters = 0;
    let last = after;
    let next = 0;
    for (const ring of this.#rings(service, after)) {
      if (letters >= LIMITS.pageBytesMax) {
        next = last;
        break;
      }
      const text = JSON.stringify(this.#peer(ring));
      letters += text.length;
      last = ring.ordinal;
      peers.push(text);
    }
    const head: RecordingPage["head"] = after === 0 ? this.#head(service, nowMs) : null;
    const json = `{"head":${JSON.stringify(head)},"peers":[${peers.join(",")}]}`;
    return { kind: "exported", token, next, json };
  }

  *#rings(service: string, after: number): Iterable<Ring> {
    for (const ring of this.#rolls.recorder.history.after(after)) {
      if (service === ALL || ring.service === service) yield ring;
    }
  }

  #head(service: string, nowMs: number): RecordingHead {
    const { recorder, trust } = this.#rolls;
    const { epoch, tuning, registrar } = recorder;
    const { authority } = trust;
    const ranMs = recorder.sinceStartMs(nowMs);
    return {
      version: RECORDING_VERSION,
      service,
      epoch,
      authority,
      tuning,
      ranMs,
      registrar: [...registrar],
    };
  }

  #peer({ service, id, dropped, notes }: Ring): RecordedPeer {
    const { recorder } = this.#rolls;
    const events = notes.map(({ atMs, event, revision }) => {
      return { atMs: recorder.sinceStartMs(atMs), revision, ...event };
    });
    return { ...stateOf(this.#rolls, service, id), dropped, events };
  }
}

function note(event: string, { service }: Explain | Export): SurveyorEffect {
  return { kind: "note", event, detail: service };
}
