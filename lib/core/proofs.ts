import { Confirmations } from "./confirmations.ts";
import type { Consumers } from "./consumers.ts";
import { Fences } from "./fences.ts";
import type { Proved, Subscribers } from "./fences.ts";
import type { SurveyorEffect } from "./io.ts";
import type { Settled } from "./notices.ts";
import type { Publisher } from "./publisher.ts";
import type { PeerEvent } from "./record-event.ts";
import { proofEvent } from "./recorder.ts";
import type { Trust } from "./trust.ts";

/** Whom a proof is about, and what it needs to know. */
export interface ProofParts {
  readonly consumers: Consumers;
  readonly publisher: Publisher;
  readonly trust: Trust;
  readonly emit: (effect: SurveyorEffect) => void;
  readonly note: (
    member: { readonly service: string; readonly id: string },
    event: PeerEvent,
    nowMs: number,
  ) => void;
}

/** What those are told who wait for a publication: that it is out, and who has it. */
export class Proofs {
  readonly fences: Fences;
  readonly #parts: ProofParts;
  readonly #confirmations = new Confirmations();
  /** Given since the clock was looked at last, to be written down. */
  readonly #proved: Proved[] = [];
  /** When the clock was looked at last. */
  #nowMs: number;

  constructor(parts: ProofParts, nowMs: number) {
    this.#parts = parts;
    this.#nowMs = nowMs;
    this.fences = new Fences({
      emit: parts.emit,
      proved: (proved) => void this.#proved.push(proved),
      released: (route) => parts.consumers.left(route, this.#nowMs),
      subscribers: (service) => this.#subscribers(service),
    });
  }

  /** What somebody waited for is published: it is told so, and proof is collected if it wants some. */
  settle(settled: Settled, nowMs: number): void {
    const { consumers, trust, emit, note } = this.#parts;
    const { route, edition, service, id, revision, proofMs } = settled;
    const named = consumers.countOf(service) - (consumers.isOf(service, route) ? 1 : 0);
    const anonymous = this.#anonymousOf(service);
    const left = { kind: "left", revision, named, anonymous } as const;
    if (edition === null && proofMs === 0) return this.#confirmations.add(route, left, nowMs);
    const message = edition === null ? left : ({ kind: "recorded", edition, revision } as const);
    emit({ kind: "reply", route, message });
    if (proofMs === 0) return;
    const fenced = { kind: "fenced", edition, atRevision: revision, named, anonymous } as const;
    note({ service, id }, fenced, nowMs);
    this.fences.open({
      ...settled,
      consumers: consumers.of(service),
      absent: consumers.absentOf(service, nowMs),
      isUncertain: settled.isReturning && !trust.hasLearned,
      anonymous,
      untilMs: nowMs + proofMs,
    });
  }

  /** Whoever was on the way to us has come. */
  learned(): void {
    this.fences.learned((service) => this.#anonymousOf(service));
  }

  /** This connection is told nothing any more, and shows nothing any more. */
  closed(route: string): void {
    this.#parts.publisher.forget(route);
    this.#confirmations.closed(route);
    this.fences.closed(route);
  }

  advance(nowMs: number): void {
    this.#nowMs = nowMs;
    const { emit, note } = this.#parts;
    this.fences.advance(nowMs);
    for (const one of this.#confirmations.due(nowMs)) emit({ kind: "reply", ...one });
    for (const proved of this.#proved.splice(0)) note(proved, proofEvent(proved), nowMs);
  }

  nextMs(): number {
    return Math.min(this.fences.nextMs(), this.#confirmations.nextMs());
  }

  /** Subscribers who are not those who have said who they are, or said so until a moment before. */
  #anonymousOf(service: string): number {
    const { count, leaving } = this.#subscribers(service);
    const { consumers, publisher } = this.#parts;
    const lost = publisher.audience.lostOf(service, this.#nowMs);
    return Math.max(lost, count - leaving - consumers.countOf(service));
  }

  #subscribers(service: string): Subscribers {
    const { consumers, publisher } = this.#parts;
    const leaving = consumers.leavingOf(service, this.#nowMs);
    return { count: publisher.audience.of(service), leaving };
  }
}
