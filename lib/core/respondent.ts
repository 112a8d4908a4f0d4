import { ANY_EPOCH, VERSION_MAX, VERSION_MIN } from "./messages.ts";
import type { Report, Survey, ToRegistrar, Welcome } from "./messages.ts";
import type { Card } from "./peer.ts";

/** Who a member is; the card is in its edition. */
export interface Identity {
  readonly service: string;
  readonly id: string;
  readonly instance: string;
}

/** A member's card and how often it was changed. */
export interface Showing {
  readonly edition: number;
  readonly card: Card;
}

/** What a client wants of a registrar. */
export interface Wishes {
  readonly instance: string;
  /** What only this client knows of its instance. */
  readonly secret: string;
  /** To be listed, or null for a watcher. */
  readonly identity: Identity | null;
  readonly showing: Showing | null;
  /** Services it consumes; empty while it does not. */
  readonly services: readonly string[];
}

/**
 * One client at one registrar: asks to be listed and to consume on every connection, answers
 * surveys, and asks again when the registrar does not know it. Everything it sends names the
 * epoch, because a message that waited in a queue may reach the registrar after this one.
 */
export class Respondent {
  #welcome: Welcome | null = null;
  #accepted = false;
  #askAtMs = Infinity;
  #retryMs: number;
  /** The epoch in which we were listed last. */
  #previous: string | null = null;
  #ordinal: number | null = null;
  #hasJoined = false;
  readonly #nextSequence: () => number;
  /** Has this instance ever been greeted here: then it may have been listed here. */
  #wasGreeted = false;
  /** A JOIN went ahead of the WELCOME of this connection. */
  #hasAsked = false;
  /** The edition that was published last on this connection, as far as we were told. */
  #recorded = 0;
  /** When to say our card again, should its publication not be confirmed. */
  #sayAgainMs = Infinity;
  /** Until when the last change is to be proved. */
  #proveByMs = -Infinity;
  /** The longest time our event loop stood still since we answered last. */
  #stalledMs = 0;

  /** `nextSequence` numbers what this instance asks for, whichever registrar they are for. */
  constructor(retryMs: number, nextSequence: () => number) {
    this.#retryMs = retryMs;
    this.#nextSequence = nextSequence;
  }

  /** Accepted on the present connection. */
  get isAccepted(): boolean {
    return this.#accepted;
  }

  /** Our number among the named consumers; kept through an outage. */
  get ordinal(): number | null {
    return this.#ordinal;
  }

  /** Asked to be listed and not refused, so that this registrar may list us, connected or not. */
  get mayBeListed(): boolean {
    return this.#hasJoined;
  }

  get isOpen(): boolean {
    return this.#welcome !== null;
  }

  get epoch(): string | null {
    return this.#welcome?.epoch ?? null;
  }

  /**
   * A connection opened. Members of an earlier registrar spread their return over its jitter; a
   * mere reconnect comes back at once.
   */
  opened(welcome: Welcome, random: number, nowMs: number): void {
    this.#welcome = welcome;
    this.#accepted = false;
    this.#wasGreeted = true;
    const isReturn = this.#previous !== null && this.#previous !== welcome.epoch;
    this.#askAtMs = isReturn ? nowMs + random * welcome.timing.rejoinJitterMs : nowMs;
  }

  closed(): void {
    this.#hasAsked = false;
    this.#welcome = null;
    this.#accepted = false;
    this.#askAtMs = Infinity;
    this.#recorded = 0;
    this.#sayAgainMs = Infinity;
    this.#proveByMs = -Infinity;
  }

  /** An edition of our card is published. */
  recorded(edition: number): void {
    this.#recorded = Math.max(this.#recorded, edition);
    this.#sayAgainMs = Infinity;
  }

  accepted(): void {
    this.#accepted = true;
    this.#askAtMs = Infinity;
    this.#previous = this.#welcome?.epoch ?? this.#previous;
  }

  /** What is to be said of our card once we are listed with this edition of it. */
  catchUp(edition: number, showing: Showing, nowMs: number): ToRegistrar | null {
    const isBehind = edition < showing.edition || nowMs < this.#proveByMs;
    return isBehind ? this.#update(showing, nowMs) : null;
  }

  /** The registrar wants nothing of us. */
  refused(): void {
    this.#hasJoined = false;
  }

  /** Our number as a consumer. True where it is another one than before. */
  numbered(ordinal: number | null): boolean {
    const isNew = ordinal !== this.#ordinal;
    this.#ordinal = ordinal;
    return isNew;
  }

  /** The registrar does not know us, or what we want has changed: ask again. */
  askAgain(nowMs: number): void {
    if (this.#welcome !== null) this.#askAtMs = nowMs;
  }

  answer(survey: Survey): ToRegistrar | null {
    if (this.#welcome === null) return null;
    const stalledMs = this.#stalledMs;
    this.#stalledMs = 0;
    return { kind: "answer", epoch: this.#welcome.epoch, round: survey.round, stalledMs };
  }

  stalled(byMs: number): void {
    this.#stalledMs = Math.max(this.#stalledMs, Math.round(byMs));
  }

  /** Our card has changed. Where we are not listed yet it goes with the JOIN, or after it. */
  update(showing: Showing, proofMs: number, nowMs: number): ToRegistrar | null {
    if (this.#welcome === null) return null;
    this.#proveByMs = nowMs + proofMs;
    if (this.#accepted) return this.#update(showing, nowMs);
    // Somebody waits for it, so our return is not spread.
    if (proofMs > 0) this.#askAtMs = nowMs;
    return null;
  }

  /**
   * Goodbye. A run that does not know us yet is told who says it: consumers hold us from the run
   * before.
   */
  leave(proofMs: number, wishes: Wishes, nowMs: number): readonly ToRegistrar[] {
    // Behind the JOIN that went ahead, or its registrar would list somebody who is gone.
    if (this.#welcome === null) {
      return this.#hasAsked ? [{ kind: "leave", epoch: ANY_EPOCH, proofMs }] : [];
    }
    const { epoch } = this.#welcome;
    const isReturn = this.#previous !== null && this.#previous !== epoch;
    if (isReturn) this.#askAtMs = nowMs;
    const asks = isReturn ? this.#asks(wishes, nowMs) : [];
    return [...asks, { kind: "leave", epoch, proofMs }];
  }

  acknowledge(service: string, revision: number): ToRegistrar | null {
    if (this.#welcome === null) return null;
    return { kind: "acknowledge", epoch: this.#welcome.epoch, service, revision };
  }

  report(of: Omit<Report, "kind" | "epoch">): ToRegistrar | null {
    if (this.#welcome === null || !this.#accepted) return null;
    return { kind: "report", epoch: this.#welcome.epoch, ...of };
  }

  explain(token: number, service: string, id: string): ToRegistrar | null {
    if (this.#welcome === null) return null;
    return { kind: "explain", epoch: this.#welcome.epoch, token, service, id };
  }

  /**
   * A JOIN to go ahead of the first WELCOME, whoever will say it: a newcomer is known one trip
   * earlier. Later ones wait for it, so that a crowd that comes back spreads its return. Null where
   * there is nothing to ask, or where we were greeted before.
   */
  early(wishes: Wishes): ToRegistrar | null {
    if (this.#wasGreeted) return null;
    const join = this.#join(wishes, ANY_EPOCH, VERSION_MAX);
    this.#hasAsked = join !== null;
    return join;
  }

  export(token: number, service: string, after: number): ToRegistrar | null {
    if (this.#welcome === null) return null;
    return { kind: "export", epoch: this.#welcome.epoch, token, service, after };
  }

  /** What is to be asked now. */
  due(wishes: Wishes, nowMs: number): readonly ToRegistrar[] {
    return [...this.#asks(wishes, nowMs), ...this.#again(wishes, nowMs)];
  }

  /**
   * The confirmation of a card may be lost where our pipe was full, and somebody may wait for it: so
   * the card is said again until it is confirmed.
   */
  #again({ showing }: Wishes, nowMs: number): readonly ToRegistrar[] {
    if (!this.#accepted || showing === null || this.#recorded >= showing.edition) {
      this.#sayAgainMs = Infinity;
      return [];
    }
    const isDue = nowMs >= this.#sayAgainMs;
    const update = isDue ? this.#update(showing, nowMs) : null;
    if (this.#sayAgainMs === Infinity) this.#sayAgainMs = nowMs + this.#retryMs;
    return update === null ? [] : [update];
  }

  #update(showing: Showing, nowMs: number): ToRegistrar | null {
    if (this.#welcome === null || !this.#accepted) return null;
    this.#sayAgainMs = Infinity;
    const proofMs = Math.max(0, Math.round(this.#proveByMs - nowMs));
    return { kind: "update", epoch: this.#welcome.epoch, ...showing, proofMs, bytes: 0 };
  }

  #asks(wishes: Wishes, nowMs: number): readonly ToRegistrar[] {
    if (this.#welcome === null || nowMs < this.#askAtMs) return [];
    this.#askAtMs = nowMs + this.#retryMs;
    const { epoch, versionMax } = this.#welcome;
    const version = Math.min(VERSION_MAX, versionMax);
    const asks: ToRegistrar[] = [];
    // Whoever consumes as well asks for both: as a mere consumer it would never be told that it is
    // listed no more, should it have stood still since its JOIN.
    const isAsked = this.#hasAsked && wishes.services.length === 0;
    this.#hasAsked = false;
    const join = isAsked ? null : this.#join(wishes, epoch, version);
    if (join !== null) asks.push(join);
    if (wishes.services.length > 0) {
      const { instance, secret, services } = wishes;
      const ordinal = this.#ordinal;
      const sequence = this.#nextSequence();
      asks.push({
        kind: "watch",
        version,
        epoch,
        instance,
        services,
        ordinal,
        proof: null,
        sequence,
        secret,
      });
    }
    if (asks.length === 0 && !isAsked) this.#askAtMs = Infinity;
    return asks;
  }

  nextMs(): number {
    return Math.min(this.#askAtMs, this.#sayAgainMs);
  }

  #join({ identity, secret, showing }: Wishes, epoch: string, version: number): ToRegistrar | null {
    if (identity === null || showing === null) return null;
    this.#hasJoined = true;
    const [previous, sequence] = [this.#previous, this.#nextSequence()];
    return {
      kind: "join",
      version,
      epoch,
      ...identity,
      ...showing,
      previous,
      proof: null,
      sequence,
      secret,
      bytes: 0,
    };
  }
}

/** True where the registrar speaks a version that we speak. */
export function isSpoken(welcome: Welcome): boolean {
  return welcome.versionMin <= VERSION_MAX && welcome.versionMax >= VERSION_MIN;
}
