import { type Challenge, Challenges } from "./challenges.ts";
import { LIMITS } from "./limits.ts";
import { speaks, VERSION_MAX, VERSION_MIN } from "./messages.ts";
import type { Join, Watch } from "./messages.ts";
import type { ErrorCode } from "./errors.ts";
import type { RegistrarTuning } from "./options.ts";
import type { LeftCause } from "./peer.ts";
import { addressOf } from "./recorder.ts";
import { isLeftOver, isReturning, showCard } from "./registry.ts";
import type { Member } from "./registry.ts";
import type { Rolls } from "./rolls.ts";
import type { Named, Sender, SurveyorEffect } from "./io.ts";

/**
 * Who gets in. Same id and same instance is a reconnect and always accepted. Another instance is
 * let in when the holder is suspect, has no connection, or leaves a question unanswered that is
 * put to it at once; if it answers, the newcomer is refused.
 */
export class Admission {
  readonly #rolls: Rolls;
  readonly #tuning: RegistrarTuning;
  readonly #emit: (effect: SurveyorEffect) => void;
  readonly #challenges = new Challenges();

  constructor(options: {
    readonly rolls: Rolls;
    readonly tuning: RegistrarTuning;
    readonly emit: (effect: SurveyorEffect) => void;
  }) {
    this.#rolls = options.rolls;
    this.#tuning = options.tuning;
    this.#emit = options.emit;
  }

  join(route: string, join: Join, nowMs: number): void {
    // Left over as well: who said goodbye never comes back, only a new run of it.
    if (this.#causeOf(join) === "goodbye") return;
    const refusal = this.#objection(route, join);
    if (refusal !== undefined) {
      this.#turnedAway(join, refusal[0], nowMs);
      return this.#refuse(route, ...refusal);
    }
    const incumbent = this.#rolls.registry.find(join.service, join.id);
    if (incumbent === undefined) return this.#admit(route, join, nowMs);
    if (incumbent.instance === join.instance) {
      if (isLeftOver(join, incumbent)) return;
      return this.#rebind(incumbent, join, { route, nowMs });
    }
    if (this.#isOlder(join, incumbent)) {
      return this.#replace(incumbent, join, { route, nowMs, code: "ERR_ID_TAKEN" });
    }
    // It may be on its way back: the newcomer is not answered, and asks again by itself.
    if (incumbent.route === null && this.#isSpared(incumbent)) return;
    if (incumbent.route === null || incumbent.entry.standing === "suspect") {
      return this.#replace(incumbent, join, { route, nowMs });
    }
    this.#challenge(incumbent, join, { route, nowMs });
  }

  watch({ route, key }: Sender, watch: Watch): void {
    if (!speaks(watch.version)) return this.#refuse(route, "ERR_VERSION", spoken(watch.version));
    const { consumers, rounds, registry, publisher } = this.#rolls;
    const before = consumers.elsewhere(watch.instance, { route, key });
    // The connection before may still be open for us, and what waited there may come after this.
    if (before !== undefined && watch.sequence < before.sequence) return;
    if (before !== undefined) this.#moveConsumer(before.route, route);
    if (watch.services.length === 0) {
      consumers.delete(route);
      if (registry.ofRoute(route) === undefined) rounds.remove(route);
      return;
    }
    if (!consumers.has(route) && consumers.size >= this.#tuning.consumersMax) {
      // A member keeps its connection; as a consumer it is one of the anonymous.
      if (registry.ofRoute(route) !== undefined) return this.#accept(route, null);
      return this.#refuse(route, "ERR_LIMIT", `consumersMax ${this.#tuning.consumersMax}`);
    }
    const ordinal = consumers.put(route, watch, key);
    rounds.add(route);
    for (const service of this.#rolls.fences.came(route, watch)) publisher.greet(service);
    this.#accept(route, ordinal);
  }

  /** One consumer has one place, on the connection it spoke on last. */
  #moveConsumer(before: string, route: string): void {
    const { consumers, rounds, registry, fences, publisher } = this.#rolls;
    consumers.move(before, route);
    for (const service of fences.moved(before, route)) publisher.greet(service);
    if (registry.ofRoute(before) === undefined) rounds.remove(before);
  }

  /** An answer of a challenged member settles the challenge in its favour. */
  answered(route: string, round: number, nowMs: number): void {
    if (this.#challenges.size === 0) return;
    const member = this.#rolls.registry.ofRoute(route);
    if (member === undefined) return;
    const challenge = this.#challenges.of(member);
    if (challenge?.incumbent !== member || round < challenge.round) return;
    this.#challenges.close(member);
    this.#rolls.note(member, { kind: "kept", against: challenge.newcomer.instance }, nowMs);
    this.#refuse(challenge.route, "ERR_ID_TAKEN", `${member.id} in ${member.service}`);
  }

  /** The right to be listed was taken from a member that has no connection. */
  struck({ service, id }: Named, nowMs: number): void {
    const member = this.#rolls.registry.find(service, id);
    if (member?.route === null) this.#rolls.judgement.sight(member, "expelled", nowMs);
  }

  /** A newcomer who goes away, or says so, gives up. */
  withdrawn(route: string): void {
    this.#challenges.withdrawn(route);
  }

  /** Moves every deadline, each one once. */
  postpone(byMs: number): void {
    this.#challenges.postpone(byMs);
  }

  /** A newcomer who goes away gives up; an incumbent who goes away has lost. */
  disconnected(route: string, nowMs: number): void {
    this.withdrawn(route);
    for (const challenge of this.#challenges.takeAgainst(route)) {
      if (!this.#isSpared(challenge.incumbent)) this.#yield(challenge, nowMs);
    }
  }

  advance(nowMs: number): void {
    for (const challenge of this.#challenges.takeDue(nowMs)) this.#yield(challenge, nowMs);
  }

  nextMs(): number {
    return this.#challenges.nextMs();
  }

  #objection(route: string, join: Join): [ErrorCode, string] | undefined {
    if (!speaks(join.version)) return ["ERR_VERSION", spoken(join.version)];
    const { registry, publisher } = this.#rolls;
    const bound = registry.ofRoute(route);
    if (
      bound !== undefined &&
      (bound.instance !== join.instance || bound.id !== join.id || bound.service !== join.service)
    ) {
      return ["ERR_WIRE", "this connection is another member already"];
    }
    if (this.#causeOf(join) === "replaced")
      return ["ERR_REPLACED", `${join.id} in ${join.service}`];
    if (registry.find(join.service, join.id) !== undefined) return undefined;
    if (registry.size >= this.#tuning.peersMax)
      return ["ERR_LIMIT", `peersMax ${this.#tuning.peersMax}`];
    if (!publisher.hasRoomFor(join.service, this.#tuning.servicesMax)) {
      return ["ERR_LIMIT", `servicesMax ${this.#tuning.servicesMax}`];
    }
    return undefined;
  }

  /** Why this very run is gone already. */
  #causeOf({ service, id, instance }: Join): LeftCause | undefined {
    return this.#rolls.publisher.roster(service)?.causeOf(id, instance);
  }

  /** Accepts a consumer. */
  #accept(route: string, ordinal: number | null): void {
    this.#emit({ kind: "reply", route, message: { kind: "accepted", edition: 0, ordinal } });
  }

  /** What looks like its end is not to be judged now. */
  #isSpared(member: Member): boolean {
    return this.#rolls.trust.spares(member.returning);
  }

  #admit(route: string, join: Join, nowMs: number): void {
    const member = this.#rolls.registry.admit(join, route);
    // The holder may have said goodbye meanwhile: then there is nothing left to settle.
    if (this.#challenges.of(join)?.newcomer.instance === join.instance)
      this.#challenges.close(join);
    if (member.returning) this.#rolls.trust.returned(nowMs);
    this.#welcome(member, { route, nowMs });
    const { instance, edition, card } = join;
    const address = addressOf(card);
    const isReturning = member.returning;
    const joined = { kind: "joined", instance, edition, address, isReturning } as const;
    this.#rolls.note(member, joined, nowMs);
  }

  #rebind(
    member: Member,
    join: Join,
    at: { readonly route: string; readonly nowMs: number },
  ): void {
    if (showCard(member, join.edition, join.card)) member.bytes = join.bytes;
    member.sequence = join.sequence;
    if (member.route !== at.route) this.#move(member, at);
    this.#rolls.judgement.sight(member, "returned", at.nowMs);
    this.#welcome(member, at);
  }

  #move(member: Member, at: { readonly route: string; readonly nowMs: number }): void {
    const before = this.#rolls.registry.bind(member, at.route);
    // After our own stall, others may be on their way back as well.
    this.#rolls.trust.returned(at.nowMs);
    // Its old connection may still be open; what it says there no longer counts.
    if (before !== null) this.#rolls.rounds.remove(before);
    this.#rolls.note(member, { kind: "reconnected", wasOpen: before !== null }, at.nowMs);
  }

  #welcome(member: Member, at: { readonly route: string; readonly nowMs: number }): void {
    const { rounds, publisher } = this.#rolls;
    const { edition } = member.entry;
    rounds.add(at.route);
    publisher.touch(member.service, member.id);
    const { service, id, returning: isReturning } = member;
    publisher.wait(service, { route: at.route, edition, id, proofMs: 0, isReturning });
    this.#emit({
      kind: "reply",
      route: at.route,
      message: { kind: "accepted", edition, ordinal: null },
    });
  }

  /**
   * A registrar that has just begun knows nobody, and takes whoever comes first under an id. One
   * that the run before had listed, and that comes later, has the older right to it.
   */
  #isOlder(join: Join, incumbent: Member): boolean {
    // After a mere stall we know whom we had listed, unless we had not learned it before.
    return !this.#rolls.trust.hasLearned && isReturning(join) && !incumbent.returning;
  }

  #replace(
    incumbent: Member,
    join: Join,
    at: { readonly route: string; readonly nowMs: number; readonly code?: ErrorCode },
  ): void {
    const { route } = incumbent;
    this.#rolls.judgement.sight(incumbent, "replaced", at.nowMs);
    const code = at.code ?? "ERR_REPLACED";
    if (route !== null) this.#refuse(route, code, `${join.id} in ${join.service}`);
    this.#admit(at.route, join, at.nowMs);
  }

  #challenge(
    incumbent: Member,
    join: Join,
    at: { readonly route: string; readonly nowMs: number },
  ): void {
    // Whoever asks twice waits as long as whoever asks once.
    if (this.#challenges.repeat(join, at.route)) return;
    if (this.#challenges.of(join) !== undefined) {
      return this.#refuse(at.route, "ERR_ID_TAKEN", `${join.id} in ${join.service}, contested`);
    }
    if (this.#challenges.size >= LIMITS.challengesMax) {
      return this.#refuse(at.route, "ERR_LIMIT", `challengesMax ${LIMITS.challengesMax}`);
    }
    if (incumbent.route !== null) this.#rolls.rounds.askNow(incumbent.route);
    const waitMs = this.#tuning.answerWindowMs + this.#tuning.probeIntervalMs;
    this.#challenges.open({
      incumbent,
      newcomer: join,
      route: at.route,
      round: this.#rolls.rounds.round + 1,
      deadlineMs: at.nowMs + waitMs,
    });
    this.#rolls.note(incumbent, { kind: "challenged", by: join.instance }, at.nowMs);
  }

  /** The newcomer takes the id, if the same holder still has it. */
  #yield({ incumbent, newcomer, route }: Challenge, nowMs: number): void {
    // The connection, or the registrar, may have filled up meanwhile.
    const refusal = this.#objection(route, newcomer);
    if (refusal !== undefined) return this.#refuse(route, ...refusal);
    const holder = this.#rolls.registry.find(newcomer.service, newcomer.id);
    if (holder === undefined) return this.#admit(route, newcomer, nowMs);
    if (holder === incumbent) return this.#replace(incumbent, newcomer, { route, nowMs });
    this.#refuse(route, "ERR_ID_TAKEN", `${newcomer.id} in ${newcomer.service}`);
  }

  /** Who asks again and again is written down once, and so pushes nothing else out. */
  #turnedAway({ service, id, instance }: Join, code: ErrorCode, nowMs: number): void {
    const last = this.#rolls.recorder.history.of(service, id)?.notes.at(-1)?.event;
    if (last?.kind === "refused") return;
    this.#rolls.note({ service, id }, { kind: "refused", code, instance }, nowMs);
  }

  #refuse(route: string, code: ErrorCode, text: string): void {
    this.#emit({ kind: "reply", route, message: { kind: "refused", code, text } });
    this.#emit({ kind: "note", event: "refused", detail: `${code} ${text}` });
  }
}

function spoken(version: number): string {
  return `version ${version}, spoken are ${VERSION_MIN} to ${VERSION_MAX}`;
}
