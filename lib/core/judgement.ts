import type { SurveyorEffect } from "./io.ts";
import { callUnjudged, MassLoss, takeCensus, unjudged } from "./mass-loss.ts";
import type { Census, Loss } from "./mass-loss.ts";
import type { RegistrarTuning } from "./options.ts";
import type { LeftCause } from "./peer.ts";
import type { Publisher } from "./publisher.ts";
import type { PeerEvent, RegistrarEvent } from "./record-event.ts";
import { describeRegistrarEvent } from "./record-text.ts";
import type { Recorder } from "./recorder.ts";
import { isReportedOnly, showStall } from "./registry.ts";
import type { Member, Registry } from "./registry.ts";
import { Reports } from "./reports.ts";
import type { Reporter, Scene } from "./reports.ts";
import type { Rounds } from "./rounds.ts";
import { Stalls } from "./stalls.ts";
import { afterSighting, CAUSES } from "./standing.ts";
import type { Sighting } from "./standing.ts";
import type { Trust } from "./trust.ts";

/** A suspect and when it became one, to be looked at again when its time is up. */
interface Suspicion {
  readonly member: Member;
  readonly sinceMs: number;
}

/** What a judgement is made of, and what it touches. */
export interface Court {
  readonly tuning: RegistrarTuning;
  readonly registry: Registry;
  readonly rounds: Rounds;
  readonly trust: Trust;
  readonly publisher: Publisher;
  readonly recorder: Recorder;
  readonly emit: (effect: SurveyorEffect) => void;
  /** Nothing is expected of this connection any more. */
  readonly forget: (route: string) => void;
  /** Named consumers and peers of a service. */
  readonly sceneOf: (service: string) => Scene;
}

/**
 * Who stands how: every sighting of a member comes here, consults the transition table and what
 * may hold a removal back, tells the publisher and writes the record.
 */
export class Judgement {
  readonly reports: Reports;
  readonly #court: Court;
  readonly #massLoss: MassLoss;
  readonly #stalls: Stalls;
  /** In the order in which they became suspect. */
  #suspicions: Suspicion[] = [];
  #lookMs = Infinity;
  #census: { readonly atMs: number; readonly census: Census } | null = null;

  constructor(court: Court) {
    this.#court = court;
    this.reports = new Reports(court.tuning);
    this.#massLoss = new MassLoss(court.tuning);
    this.#stalls = new Stalls(court.tuning.warnForMs);
  }

  /**
   * One sighting of one member. While the registrar is learning, what would make a suspect of those
   * who came back is written down and changes nothing; nor does it while a mass loss is held.
   */
  sight(member: Member, sighting: Sighting, nowMs: number): void {
    const { standing } = member.entry;
    const to = afterSighting(standing, sighting);
    if (to === undefined) return;
    const cause = CAUSES[sighting] ?? member.entry.cause ?? "unknown";
    if (to === "gone") return this.#bury(member, cause, nowMs);
    if (sighting === "returned") this.#massLoss.forget(member);
    if (to === "alive") {
      if (standing === "suspect") this.#revive(member, sighting, nowMs);
      return;
    }
    // What others cannot reach is no matter of our own stall, and is not told us again.
    if (sighting !== "reported" && this.#court.trust.spares(member.returning)) {
      return this.note(member, { kind: "spared", sighting }, nowMs);
    }
    if (standing === "alive" && this.#isHeld(member, sighting, nowMs)) {
      const loss = this.#loss(sighting === "fellSilent" ? "silence" : "closing", nowMs);
      return this.note(member, { kind: "held", sighting, ...loss }, nowMs);
    }
    this.#judge(member, cause, nowMs);
  }

  /** It answered none of its questions. A suspect stays one; by reports alone it is one of its own now. */
  fellSilent(member: Member, nowMs: number): void {
    if (!isReportedOnly(member)) return this.sight(member, "fellSilent", nowMs);
    if (this.#court.trust.spares(member.returning)) return;
    this.#judge(member, CAUSES.fellSilent ?? "unknown", nowMs);
  }

  /** Its event loop stood still; shown for a while. True where that changes its line. */
  stalled(member: Member, stalledMs: number, nowMs: number): boolean {
    if (stalledMs < this.#court.tuning.warnStallMs) return false;
    this.#stalls.note(member, nowMs);
    showStall(member, stalledMs);
    this.#court.publisher.touch(member.service, member.id);
    this.note(member, { kind: "stalled", stalledMs }, nowMs);
    return true;
  }

  /** A consumer says that it cannot reach a peer, or that it can again. */
  reported(
    of: { readonly member: Member; readonly reporter: Reporter; readonly isUnreachable: boolean },
    nowMs: number,
  ): void {
    const { member, isUnreachable } = of;
    const before = this.reports.countOf(member);
    const scene = this.#court.sceneOf(member.service);
    const verdict = this.reports.note(of, scene, nowMs);
    const reporters = this.reports.countOf(member);
    if (reporters !== before) {
      const what = isUnreachable ? "unreachable" : "reachable";
      const needed = this.reports.neededOf(scene);
      this.note(member, { kind: "reported", what, reporters, needed }, nowMs);
    }
    if (verdict !== undefined) this.#follow(verdict, nowMs);
  }

  /** Whoever has no connection when learning ends did not come back. */
  endLearning(nowMs: number): void {
    for (const member of this.#court.registry.all()) {
      const isAway = member.route === null && member.entry.standing === "alive";
      if (isAway && !this.#massLoss.holds(member)) this.sight(member, "notReturned", nowMs);
    }
    for (const member of unjudged(this.#court)) this.fellSilent(member, nowMs);
  }

  postpone(byMs: number): void {
    this.#massLoss.postpone(byMs);
  }

  /** Lets the clock do what is due. */
  advance(nowMs: number): void {
    this.#release(nowMs);
    for (const { verdict, ...faded } of this.reports.due(nowMs, this.#court.sceneOf)) {
      const { member, reporters, needed } = faded;
      this.note(member, { kind: "reported", what: "expired", reporters, needed }, nowMs);
      if (verdict !== undefined) this.#follow(verdict, nowMs);
    }
    for (const member of this.#stalls.due(nowMs)) {
      showStall(member, 0);
      this.#court.publisher.touch(member.service, member.id);
    }
    if (!this.#court.trust.isLearning) this.#expire(nowMs);
  }

  nextMs(): number {
    const first = this.#suspicions[0];
    const waits = first === undefined || this.#court.trust.isLearning;
    const expiry = waits ? Infinity : first.sinceMs + this.#court.tuning.goneAfterMs;
    return Math.min(expiry, this.#lookMs, this.#stalls.nextMs(), this.reports.nextMs());
  }

  note(
    member: { readonly service: string; readonly id: string },
    event: PeerEvent,
    nowMs: number,
  ): void {
    this.#court.recorder.note(member, event, nowMs);
  }

  /** Suspect for a cause, or alive without one. */
  #judge(member: Member, cause: LeftCause | null, nowMs: number): void {
    this.#court.registry.judge(member, cause === null ? "alive" : "suspect", cause);
    this.#court.publisher.touch(member.service, member.id);
    if (cause === null) return;
    this.#suspect(member, nowMs);
    this.reports.hasten(nowMs);
    this.note(member, { kind: "suspect", cause }, nowMs);
  }

  /** From now on it has its time to come back. */
  #suspect(member: Member, nowMs: number): void {
    member.suspectSinceMs = nowMs;
    this.#suspicions.push({ member, sinceMs: nowMs });
  }

  #bury(member: Member, cause: LeftCause, nowMs: number): void {
    const { route, service, id, instance, returning } = member;
    const { registry, publisher, forget } = this.#court;
    registry.remove(member);
    this.#massLoss.forget(member);
    this.#stalls.forget(member);
    this.reports.forget(member);
    this.reports.hasten(nowMs);
    // As a consumer too: should it thaw, it is told to join again. Who said goodbye may wait for proof.
    if (route !== null && cause !== "goodbye") forget(route);
    publisher.left(service, { id, instance, cause }, returning);
    this.note(member, { kind: "gone", cause }, nowMs);
  }

  /** What we held against it is over. Whoever others cannot reach is not usable because it answers us. */
  #revive(member: Member, by: Sighting | "restored", nowMs: number): void {
    if (by === "cleared" || !this.reports.isUnreachable(member)) {
      this.#judge(member, null, nowMs);
      this.note(member, { kind: "alive", by }, nowMs);
    } else if (!isReportedOnly(member)) this.#judge(member, CAUSES.reported ?? "unknown", nowMs);
  }

  #follow(
    verdict: { readonly member: Member; readonly isUnreachable: boolean },
    nowMs: number,
  ): void {
    const { member, isUnreachable } = verdict;
    // Who was lost or has fallen silent meanwhile stays suspect for that, and its time runs from then.
    if (!isUnreachable && !isReportedOnly(member)) return;
    // Its end was spared while we learned: it is away, whatever is said of it no more.
    if (!isUnreachable && member.route === null) return this.#suspect(member, nowMs);
    this.sight(member, isUnreachable ? "reported" : "cleared", nowMs);
  }

  #isHeld(member: Member, sighting: Sighting, nowMs: number): boolean {
    if (sighting !== "fellSilent" && sighting !== "connectionLost") return false;
    const by = sighting === "fellSilent" ? "silence" : "closing";
    const { isHeld, restored } =
      by === "silence"
        ? this.#massLoss.silent(() => this.#count(nowMs), nowMs)
        : this.#massLoss.closed(member, this.#court.registry.alive, nowMs);
    for (const other of restored) {
      if (this.#isListed(other) && other.entry.standing === "suspect") {
        this.#revive(other, "restored", nowMs);
      }
    }
    if (isHeld) this.#hold(by, nowMs);
    return isHeld;
  }

  #hold(by: "silence" | "closing", nowMs: number): void {
    this.#lookMs = Math.min(this.#lookMs, nowMs + this.#court.tuning.probeIntervalMs);
    if (!this.#court.trust.hold(true)) return;
    const holding = { kind: "holding", by, ...this.#loss(by, nowMs) } as const;
    this.#court.recorder.noteRegistrar(holding, nowMs);
    this.#tell("registrar.holding", holding);
  }

  #loss(by: "silence" | "closing", nowMs: number): Loss {
    if (by === "closing") return this.#massLoss.closings(this.#court.registry.alive);
    return this.#massLoss.silence(this.#count(nowMs));
  }

  #release(nowMs: number): void {
    if (nowMs < this.#lookMs) return;
    const release = this.#massLoss.release(this.#count(nowMs), nowMs);
    if (release?.kind === "call") callUnjudged(this.#court);
    if (release?.kind === "end") this.#letGo(release.closed, nowMs);
    const { probeIntervalMs } = this.#court.tuning;
    this.#lookMs = this.#massLoss.isActive ? nowMs + probeIntervalMs : Infinity;
  }

  /** All who were held are judged before consumers are told that we judge again. */
  #letGo(held: readonly Member[], nowMs: number): void {
    const lost = held.filter((member) => this.#isListed(member) && member.route === null);
    const silent = unjudged(this.#court);
    const [judged, isCeiling] = [lost.length + silent.length, this.#massLoss.isActive];
    const released = { kind: "released", judged, isCeiling } as const;
    const isNews = this.#court.trust.hold(false);
    this.#court.recorder.noteRegistrar(released, nowMs);
    for (const member of [...lost, ...silent]) this.note(member, { kind: "released" }, nowMs);
    for (const member of lost) this.sight(member, "connectionLost", nowMs);
    for (const member of silent) this.fellSilent(member, nowMs);
    if (isNews) this.#tell("registrar.released", released);
  }

  #tell(event: string, why: RegistrarEvent): void {
    const { publisher, trust, emit } = this.#court;
    publisher.setAuthority(trust.authority);
    emit({ kind: "authority", authority: trust.authority });
    emit({ kind: "note", event, detail: describeRegistrarEvent(why) });
  }

  #isListed(member: Member): boolean {
    return this.#court.registry.find(member.service, member.id) === member;
  }

  /** Counted once for all that is judged in one step. */
  #count(nowMs: number): Census {
    if (this.#census?.atMs === nowMs) return this.#census.census;
    const census = takeCensus(this.#court, nowMs - this.#massLoss.silenceWindowMs);
    this.#census = { atMs: nowMs, census };
    return census;
  }

  #expire(nowMs: number): void {
    let passed = 0;
    for (const { member, sinceMs } of this.#suspicions) {
      if (nowMs < sinceMs + this.#court.tuning.goneAfterMs) break;
      passed += 1;
      const stands = this.#isListed(member) && member.suspectSinceMs === sinceMs;
      // It answers us: only those who reported it may be right.
      const isAnswering = member.route !== null && isReportedOnly(member);
      if (stands && !isAnswering) this.sight(member, "expired", nowMs);
    }
    this.#suspicions.splice(0, passed);
  }
}
