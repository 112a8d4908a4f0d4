import { Consumers } from "./consumers.ts";
import type { Fences } from "./fences.ts";
import { Judgement } from "./judgement.ts";
import { Lossiness } from "./lossiness.ts";
import { callUnjudged } from "./mass-loss.ts";
import type { Answer, Report, Update } from "./messages.ts";
import { learningMs } from "./options.ts";
import type { RegistrarTuning } from "./options.ts";
import type { PublisherDue } from "./notices.ts";
import { Proofs } from "./proofs.ts";
import { Publisher } from "./publisher.ts";
import type { PeerEvent } from "./record-event.ts";
import { Recorder } from "./recorder.ts";
import { Registry, showCard } from "./registry.ts";
import type { Scene } from "./reports.ts";
import { Rounds } from "./rounds.ts";
import type { Sender, SurveyorEffect } from "./io.ts";
import { Trust } from "./trust.ts";

/**
 * The list of the living, and what members and consumers say: it keeps the parts together, and
 * every sighting of a member goes to the judgement.
 */
export class Rolls {
  readonly registry = new Registry();
  readonly rounds: Rounds;
  readonly lossiness: Lossiness;
  readonly trust: Trust;
  readonly publisher: Publisher;
  readonly recorder: Recorder;
  readonly consumers: Consumers;
  readonly proofs: Proofs;
  readonly judgement: Judgement;
  readonly #emit: (effect: SurveyorEffect) => void;

  constructor(options: {
    readonly epoch: string;
    readonly tuning: RegistrarTuning;
    readonly nowMs: number;
    readonly emit: (effect: SurveyorEffect) => void;
  }) {
    const { epoch, tuning, nowMs } = options;
    this.#emit = options.emit;
    this.consumers = new Consumers(learningMs(tuning));
    this.rounds = new Rounds(tuning, nowMs);
    this.lossiness = new Lossiness(tuning);
    this.trust = new Trust(tuning);
    this.trust.learn(nowMs, "start");
    this.recorder = new Recorder({ epoch, tuning, nowMs });
    this.publisher = new Publisher({
      tuning,
      epoch,
      authority: this.trust.authority,
      current: (service, id) => this.registry.find(service, id),
      isFenced: (service) => this.fences.has(service),
    });
    const { registry, rounds, trust, publisher, recorder, consumers } = this;
    const note: Rolls["note"] = (...what) => this.note(...what);
    this.proofs = new Proofs({ consumers, publisher, trust, emit: options.emit, note }, nowMs);
    this.judgement = new Judgement({
      registry,
      rounds,
      trust,
      publisher,
      recorder,
      tuning,
      emit: options.emit,
      forget: (route) => this.forget(route),
      sceneOf: (service) => this.#scene(service),
    });
  }

  get fences(): Fences {
    return this.proofs.fences;
  }

  /** Our own clock was late, though not for long. */
  postpone(byMs: number): void {
    this.rounds.postpone(byMs);
    this.trust.postpone(byMs);
    this.judgement.postpone(byMs);
  }

  /** Our own event loop stood still: nobody is blamed for what we did not see. */
  stalled(nowMs: number, lateMs: number): void {
    this.rounds.forgive();
    this.trust.learn(nowMs, "stall", lateMs);
    this.recorder.noteRegistrar({ kind: "stalled", lateMs: Math.round(lateMs) }, nowMs);
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
    const missed = this.rounds.takeCaughtUp();
    if (member === undefined) return false;
    if (missed > 0) {
      const { round, stalledMs } = answer;
      if (!this.trust.isLearning) this.lossiness.note(route, stalledMs, nowMs);
      this.note(member, { kind: "answered", round, missed, stalledMs }, nowMs);
    }
    const isNews = this.judgement.stalled(member, answer.stalledMs, nowMs);
    if (member.entry.standing !== "suspect") return isNews;
    this.judgement.sight(member, "answered", nowMs);
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
      const { edition, card } = update;
      this.judgement.reports.hasten(nowMs);
      this.note(member, { kind: "updated", edition, status: card.status }, nowMs);
    }
    const { edition, proofMs } = update;
    const { service, id, returning: isReturning } = member;
    this.publisher.wait(service, { route, edition, id, proofMs, isReturning });
  }

  leave(route: string, proofMs: number, nowMs: number): void {
    const member = this.registry.ofRoute(route);
    if (member !== undefined) {
      const { service, id, returning: isReturning } = member;
      this.publisher.wait(service, { route, edition: null, id, proofMs, isReturning });
      this.judgement.sight(member, "saidGoodbye", nowMs);
    } else this.#emit({ kind: "reply", route, message: { kind: "rejoin" } });
    this.rounds.remove(route);
    // Who waits for proof is still a consumer: until it is told, it may give others out.
    if (member !== undefined && proofMs > 0) return;
    this.consumers.left(route, nowMs);
    if (proofMs === 0) this.fences.excuse(route);
  }

  /** Its right to be listed was taken away: gone at once, though nobody said goodbye. */
  expelled(route: string, nowMs: number): void {
    this.forget(route);
    this.proofs.closed(route);
    const member = this.registry.ofRoute(route);
    if (member !== undefined) this.judgement.sight(member, "expelled", nowMs);
  }

  /** Nothing is expected of this connection any more. */
  forget(route: string): void {
    this.consumers.delete(route);
    this.rounds.remove(route);
  }

  disconnected({ route, key }: Sender, nowMs: number): void {
    this.consumers.lost(route, nowMs);
    this.rounds.remove(route);
    this.proofs.closed(route);
    const member = this.registry.ofRoute(route);
    if (member === undefined) return;
    this.registry.unbind(member);
    member.lastKey = key ?? null;
    this.judgement.sight(member, "connectionLost", nowMs);
  }

  /** Only a named consumer is heard, about a service that it follows and the run that is listed. */
  reported(route: string, report: Report, nowMs: number): void {
    const { service, id, instance, isUnreachable } = report;
    const member = this.registry.find(service, id);
    const name = this.consumers.voiceOf(route, service);
    if (member?.instance !== instance || name === undefined) return;
    this.judgement.reported({ member, reporter: { route, name }, isUnreachable }, nowMs);
  }

  /** What an input has changed is said before the clock is asked for anything else. */
  publishChanges(nowMs: number): void {
    this.#publish(this.publisher.changes(nowMs), nowMs);
    this.recorder.write();
  }

  /** The roster was bound anew: all subscriptions are gone, and will be said again. */
  cleared(nowMs: number): void {
    const { consumers, publisher } = this;
    const { returnMs } = consumers;
    publisher.audience.clear((name) => consumers.namedOf(name), { nowMs, returnMs });
  }

  /** Lets the clock do what is due. */
  advance(nowMs: number): void {
    if (this.trust.calls(nowMs) && callUnjudged(this) > 0) this.trust.called(nowMs);
    if (this.trust.due(nowMs)) this.#endLearning(nowMs);
    if (this.lossiness.advance(this.registry.size, nowMs)) this.#pathTurned(nowMs);
    const due = this.rounds.due(nowMs);
    if (due.ask.length > 0) this.#emit({ kind: "survey", round: due.round, routes: due.ask });
    for (const route of due.late) this.#late(route, nowMs);
    for (const route of due.silent) {
      const member = this.registry.ofRoute(route);
      if (member !== undefined) this.judgement.fellSilent(member, nowMs);
    }
    this.judgement.advance(nowMs);
    this.#publish(this.publisher.due(nowMs), nowMs);
    this.proofs.advance(nowMs);
  }

  nextMs(): number {
    return Math.min(
      this.rounds.nextMs(),
      this.lossiness.nextMs(),
      this.trust.nextMs(),
      this.publisher.nextMs(),
      this.judgement.nextMs(),
      this.proofs.nextMs(),
    );
  }

  note(
    member: { readonly service: string; readonly id: string },
    event: PeerEvent,
    nowMs: number,
  ): void {
    this.judgement.note(member, event, nowMs);
  }

  #late(route: string, nowMs: number): void {
    const member = this.registry.ofRoute(route);
    const lateness = this.rounds.lateness(route);
    if (member?.entry.standing !== "alive" || lateness === undefined) return;
    this.note(member, { kind: "late", ...lateness }, nowMs);
  }

  /** The path began to lose packets, or has lost none for a while. */
  #pathTurned(nowMs: number): void {
    const { isLossy, late, missedMax } = this.lossiness;
    this.rounds.missedMax = missedMax;
    const of = this.registry.size;
    this.recorder.noteRegistrar({ kind: "path", isLossy, late, of }, nowMs);
    const event = isLossy ? "registrar.pathLossy" : "registrar.pathClear";
    this.#emit({
      kind: "note",
      event,
      detail: `${late} late, ${of} members, missedMax ${missedMax}`,
    });
  }

  #endLearning(nowMs: number): void {
    this.recorder.noteRegistrar({ kind: "learned" }, nowMs);
    this.judgement.endLearning(nowMs);
    this.#announceAuthority();
    this.proofs.learned();
  }

  #announceAuthority(): void {
    const { authority } = this.trust;
    this.publisher.setAuthority(authority);
    this.#emit({ kind: "authority", authority });
  }

  #publish(due: PublisherDue, nowMs: number): void {
    for (const publication of due.publications) this.#emit({ kind: "publish", ...publication });
    for (const { message } of due.publications) this.recorder.published(message);
    for (const settled of due.settled) this.proofs.settle(settled, nowMs);
  }

  #scene(service: string): Scene {
    const isPresent = (route: string): boolean => {
      return this.consumers.voiceOf(route, service) !== undefined;
    };
    const ids = (): Iterable<string> => this.publisher.roster(service)?.published.keys() ?? [];
    const usable = (): number => this.registry.usableOf(service, ids());
    return { voices: this.consumers.voicesOf(service), usable, isPresent };
  }
}
