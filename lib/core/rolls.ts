import { Consumers } from "./consumers.ts";
import { History } from "./history.ts";
import type { Answer, Update } from "./messages.ts";
import type { RegistrarTuning } from "./options.ts";
import type { LeftCause } from "./peer.ts";
import { Publisher } from "./publisher.ts";
import { judge, keyOf, Registry, showCard } from "./registry.ts";
import type { Member } from "./registry.ts";
import { Rounds } from "./rounds.ts";
import { afterSighting, CAUSES } from "./standing.ts";
import type { Sighting } from "./standing.ts";
import type { SurveyorEffect } from "./io.ts";
import { Trust } from "./trust.ts";

/** A suspect and when it became one, to be looked at again when its time is up. */
interface Suspicion {
  readonly member: Member;
  readonly sinceMs: number;
}

/** How many departed peers `explain` still knows, beside the present ones. */
const DEPARTED_MAX = 4096;

/**
 * The list of the living and what is known against each: every sighting of a member goes through
 * `sight`, which consults the transition table, tells the publisher and writes the history.
 */
export class Rolls {
  readonly registry = new Registry();
  readonly rounds: Rounds;
  readonly trust: Trust;
  readonly publisher: Publisher;
  readonly history: History;
  readonly consumers = new Consumers();
  readonly #tuning: RegistrarTuning;
  readonly #emit: (effect: SurveyorEffect) => void;
  /** In the order in which they became suspect. */
  #suspicions: Suspicion[] = [];

  constructor(options: {
    readonly epoch: string;
    readonly tuning: RegistrarTuning;
    readonly nowMs: number;
    readonly emit: (effect: SurveyorEffect) => void;
  }) {
    const { epoch, tuning, nowMs } = options;
    this.#tuning = tuning;
    this.#emit = options.emit;
    this.rounds = new Rounds(tuning, nowMs);
    this.trust = new Trust(tuning);
    this.trust.learn(nowMs, "start");
    this.history = new History(tuning.peersMax + DEPARTED_MAX);
    this.publisher = new Publisher({
      tuning,
      epoch,
      authority: this.trust.authority,
      current: (service, id) => this.registry.find(service, id),
    });
  }

  /** Our own event loop stood still: nobody is blamed for what we did not see. */
  stalled(nowMs: number, lateMs: number): void {
    this.rounds.forgive();
    this.trust.learn(nowMs, "stall", lateMs);
    this.#announceAuthority();
    this.#emit({ kind: "note", event: "registrar.stalled", detail: `${Math.round(lateMs)} ms` });
  }

  /** False where the answer changed nothing that is published or said, as nearly always. */
  answered(route: string, answer: Answer, nowMs: number): boolean {
    const member = this.registry.ofRoute(route);
    if (member === undefined && !this.consumers.has(route)) {
      this.#emit({ kind: "reply", route, message: { kind: "rejoin" } });
      return true;
    }
    if (!this.rounds.answered(route, answer.round)) {
      this.#emit({ kind: "note", event: "answer.unasked", detail: String(answer.round) });
      return true;
    }
    if (member?.entry.standing !== "suspect") return false;
    this.sight(member, "answered", nowMs);
    return true;
  }

  update(route: string, update: Update, nowMs: number): void {
    const member = this.registry.ofRoute(route);
    if (member === undefined) {
      this.#emit({ kind: "reply", route, message: { kind: "rejoin" } });
      return;
    }
    if (showCard(member, update.edition, update.card)) {
      member.bytes = update.bytes;
      this.publisher.touch(member.service, member.id);
      this.note(member, `updated: edition ${update.edition}, ${update.card.status}`, nowMs);
    }
    this.publisher.wait(member.service, { route, edition: update.edition });
  }

  leave(route: string, nowMs: number): void {
    const member = this.registry.ofRoute(route);
    if (member !== undefined) {
      this.publisher.wait(member.service, { route, edition: null });
      this.sight(member, "saidGoodbye", nowMs);
    }
    this.forget(route);
  }

  /** Nothing is expected of this connection any more. */
  forget(route: string): void {
    this.consumers.delete(route);
    this.rounds.remove(route);
  }

  disconnected(route: string, nowMs: number): void {
    this.forget(route);
    const member = this.registry.ofRoute(route);
    if (member === undefined) return;
    this.registry.unbind(member);
    this.sight(member, "connectionLost", nowMs);
  }

  /**
   * One sighting of one member. While the registrar is learning, what would make a suspect of those
   * who came back is written down and changes nothing.
   */
  sight(member: Member, sighting: Sighting, nowMs: number): void {
    const to = afterSighting(member.entry.standing, sighting);
    if (to === undefined) return;
    const cause = CAUSES[sighting] ?? member.entry.cause ?? "unknown";
    if (to === "suspect" && this.trust.spares(member.returning)) {
      this.note(member, `${sighting}, not judged while learning`, nowMs);
      return;
    }
    if (to === "gone") return this.#bury(member, cause, nowMs);
    if (to === member.entry.standing && to === "alive") return;
    judge(member, to, to === "suspect" ? cause : null);
    this.publisher.touch(member.service, member.id);
    this.note(member, to === "suspect" ? `suspect: ${cause}` : "alive again", nowMs);
    if (to !== "suspect") return;
    member.suspectSinceMs = nowMs;
    this.#suspicions.push({ member, sinceMs: nowMs });
  }

  /** Lets the clock do what is due. */
  advance(nowMs: number): void {
    if (this.trust.due(nowMs)) this.#endLearning(nowMs);
    const due = this.rounds.due(nowMs);
    if (due.ask.length > 0) this.#emit({ kind: "survey", round: due.round, routes: due.ask });
    for (const route of due.late) this.#late(route, nowMs);
    for (const route of due.silent) {
      const member = this.registry.ofRoute(route);
      if (member?.entry.standing === "alive") this.sight(member, "fellSilent", nowMs);
    }
    if (!this.trust.isLearning) this.#expire(nowMs);
    this.#publish(nowMs);
  }

  nextMs(): number {
    const first = this.#suspicions[0];
    const waits = first === undefined || this.trust.isLearning;
    const expiry = waits ? Infinity : first.sinceMs + this.#tuning.goneAfterMs;
    return Math.min(this.rounds.nextMs(), this.trust.nextMs(), this.publisher.nextMs(), expiry);
  }

  note(
    member: { readonly service: string; readonly id: string },
    event: string,
    nowMs: number,
  ): void {
    const key = keyOf(member.service, member.id);
    this.history.note(key, { atMs: nowMs, event });
  }

  #late(route: string, nowMs: number): void {
    const member = this.registry.ofRoute(route);
    if (member?.entry.standing === "alive") this.note(member, "answer is late", nowMs);
  }

  #bury(member: Member, cause: LeftCause, nowMs: number): void {
    const { route } = member;
    this.registry.remove(member);
    // As a consumer too: should it thaw, its answer is unknown, and so it is told to join again.
    if (route !== null) this.forget(route);
    this.publisher.left(member.service, { id: member.id, instance: member.instance, cause });
    this.note(member, `gone: ${cause}`, nowMs);
  }

  /** Whoever has no connection when learning ends did not come back. */
  #endLearning(nowMs: number): void {
    this.#announceAuthority();
    for (const member of this.registry.all()) {
      if (member.route === null && member.entry.standing === "alive") {
        this.sight(member, "notReturned", nowMs);
      }
    }
  }

  #announceAuthority(): void {
    const { authority } = this.trust;
    this.publisher.setAuthority(authority);
    this.#emit({ kind: "authority", authority });
  }

  #expire(nowMs: number): void {
    let passed = 0;
    for (const { member, sinceMs } of this.#suspicions) {
      if (nowMs < sinceMs + this.#tuning.goneAfterMs) break;
      passed += 1;
      const stands = this.registry.find(member.service, member.id) === member;
      if (stands && member.suspectSinceMs === sinceMs) this.sight(member, "expired", nowMs);
    }
    this.#suspicions.splice(0, passed);
  }

  #publish(nowMs: number): void {
    const due = this.publisher.due(nowMs);
    const named = new Map<string, number>();
    for (const publication of due.publications) this.#emit({ kind: "publish", ...publication });
    for (const { route, edition, service, revision } of due.settled) {
      this.#emit({
        kind: "reply",
        route,
        message: this.#settle({ service, edition, revision, named }),
      });
    }
  }

  /** Named consumers are counted once per service, however many leave it together. */
  #settle(wait: {
    readonly service: string;
    readonly edition: number | null;
    readonly revision: number;
    readonly named: Map<string, number>;
  }): Extract<SurveyorEffect, { kind: "reply" }>["message"] {
    const { service, edition, revision } = wait;
    if (edition !== null) return { kind: "recorded", edition, revision };
    const named = wait.named.get(service) ?? [...this.consumers.of(service)].length;
    wait.named.set(service, named);
    const anonymous = Math.max(0, this.publisher.audience.of(service) - named);
    return { kind: "left", revision, named, anonymous };
  }
}
