import { stateOf } from "./explainer.ts";
import type { Ring } from "./history.ts";
import type { SurveyorEffect } from "./io.ts";
import { LIMITS } from "./limits.ts";
import type { Export } from "./messages.ts";
import { TICK_MS } from "./options.ts";
import { RECORDING_VERSION } from "./recording.ts";
import type { RecordedPeer, Recording, RecordingHead, RecordingPage } from "./recording.ts";
import type { Rolls } from "./rolls.ts";
import { ALL } from "./topics.ts";

/**
 * Gives the record out: whole to the process it lives in, and page by page to clients. One page in
 * one clock step, because whoever asks for much must not keep the registrar from its work.
 */
export class RecordDesk {
  readonly #rolls: Rolls;
  readonly #waiting = new Map<string, Export>();
  #freeMs = -Infinity;

  constructor(rolls: Rolls) {
    this.#rolls = rolls;
  }

  /** Everything remembered of one service, or of all with `*`. */
  record(service: string, nowMs: number): Omit<Recording, "takenAt"> {
    const peers = [...this.#rings(service, 0)].map((ring) => this.#peer(ring));
    return { ...this.#head(service, nowMs), peers };
  }

  /** One request of each connection waits, the latest. False where too many wait. */
  request(route: string, request: Export): boolean {
    const isFull = this.#waiting.size >= LIMITS.recordRequestsMax;
    if (isFull && !this.#waiting.has(route)) return false;
    this.#waiting.set(route, request);
    return true;
  }

  disconnected(route: string): void {
    this.#waiting.delete(route);
  }

  /** The next page, where somebody waits for it and its time has come. */
  due(nowMs: number): SurveyorEffect | undefined {
    if (nowMs < this.nextMs()) return undefined;
    for (const [route, request] of this.#waiting) {
      this.#waiting.delete(route);
      this.#freeMs = nowMs + TICK_MS;
      return { kind: "reply", route, message: this.#page(request, nowMs) };
    }
    return undefined;
  }

  nextMs(): number {
    return this.#waiting.size > 0 ? this.#freeMs : Infinity;
  }

  #page({ token, service, after }: Export, nowMs: number): SurveyorReply {
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

type SurveyorReply = Extract<SurveyorEffect, { kind: "reply" }>["message"];
