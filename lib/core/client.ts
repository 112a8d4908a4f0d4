import { ERRORS } from "./errors.ts";
import {
  consumerOf,
  contactsOf,
  judge,
  LATE_MS,
  mayList,
  nextMs,
  noticeStall,
  objectionTo,
} from "./contact.ts";
import type { ClientSetup, Contact, Objection } from "./contact.ts";
import { isTransmission } from "./io.ts";
import type { ClientEffect, ClientInput, Connection } from "./io.ts";
import type { LinkStep } from "./link.ts";
import { Lister } from "./listing.ts";
import type { Accepted, FromRegistrar, Welcome } from "./messages.ts";
import type { Card } from "./peer.ts";
import type { Showing, Wishes } from "./respondent.ts";
import type { Consumer } from "./view.ts";
import { Voice } from "./voice.ts";

/** Members look at the clock at least this often: a stall seems shorter by as much at most. */
const PULSE_MS = 100;

/**
 * A member or watcher as a deterministic machine over all its registrars: one link, one membership
 * and one follower for each, and one list made of them all. A late or extra wake-up does no harm.
 */
export class Client {
  readonly lister: Lister;
  readonly voice: Voice;
  readonly #setup: ClientSetup;
  readonly #contacts: readonly Contact[];
  #showing: Showing | null;
  #isFollowing: boolean;
  #isLeaving = false;
  #wasLive = false;
  #connection: Connection = { kind: "connecting" };
  #effects: ClientEffect[] = [];
  #urgent: ((effect: ClientEffect) => void) | undefined;
  #expectedMs = Infinity;

  constructor(setup: ClientSetup) {
    this.#setup = setup;
    this.#showing = setup.showing;
    this.#isFollowing = setup.identity === null;
    const emit = (effect: ClientEffect): void => this.#emit(effect);
    this.#contacts = contactsOf(setup, emit);
    this.voice = new Voice(this.#contacts, emit);
    this.lister = new Lister(this.#contacts.map((contact) => contact.follower));
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The card in its present edition; null for a watcher. */
  get showing(): Showing | null {
    return this.#showing;
  }

  /** Some registrar has told every service that is followed. */
  get isReady(): boolean {
    return this.#contacts.some((contact) => contact.follower.isReady);
  }

  /** Registrars that may list us, connected or not, by their places. */
  mayList(isConnected: boolean): readonly number[] {
    return mayList(this.#contacts, isConnected);
  }

  /** Registrars that have accepted us on the present connection, by their places. */
  get accepted(): readonly number[] {
    return this.#contacts.filter((c) => c.respondent.isAccepted).map((c) => c.source);
  }

  /** As registrars know us; the number is that of the first registrar that has accepted us. */
  get consumer(): Consumer {
    return consumerOf(this.#contacts);
  }

  get nextDeadlineMs(): number {
    return this.#expectedMs;
  }

  /** Takes one input and does what is due. What goes to a registrar is `urgent`, in its order. */
  handle(
    input: ClientInput,
    nowMs: number,
    urgent?: (effect: ClientEffect) => void,
  ): readonly ClientEffect[] {
    this.#effects = [];
    this.#urgent = urgent;
    const lateMs = nowMs - this.#expectedMs;
    if (lateMs > LATE_MS) noticeStall(this.#contacts, lateMs);
    this.#take(input, nowMs);
    if (input.kind === "published" && this.#isSettled(input.source, nowMs)) return this.#effects;
    for (const contact of this.#contacts) this.#advance(contact, nowMs);
    this.#judgeConnection(nowMs);
    this.#expectedMs = Math.max(nowMs, Math.min(nextMs(this.#contacts), this.#pulseMs(nowMs)));
    return this.#effects;
  }

  #emit(effect: ClientEffect): void {
    if (this.#urgent !== undefined && isTransmission(effect)) this.#urgent(effect);
    else this.#effects.push(effect);
  }

  /** Nearly every roster message is a change that fits: nothing is asked for, and nothing is due. */
  #isSettled(source: number, nowMs: number): boolean {
    if (this.#connection.kind !== "live" || nowMs >= this.#expectedMs) return false;
    return (this.#contacts[source]?.follower.nextMs() ?? -Infinity) >= this.#expectedMs;
  }

  #take(input: ClientInput, nowMs: number): void {
    switch (input.kind) {
      case "start":
        return this.#start(nowMs);
      case "received":
        return this.#withContact(input.source, (c) => this.#received(c, input.message, nowMs));
      case "lost":
        return this.#withContact(input.source, (c) => this.#lost(c, nowMs));
      case "published":
        return this.#withContact(input.source, (c) =>
          c.follower.received(input.topic, input.message, nowMs),
        );
      case "follow":
        return this.#follow(nowMs);
      case "update":
        return this.#update(input.card, input.proofMs, nowMs);
      case "leave":
        return this.#leave(input.proofMs, nowMs);
      case "emitted":
        return this.voice.acknowledge(this.lister);
      case "report":
        return this.voice.report(input);
      case "explain":
        return this.voice.explain(input);
      case "export":
        return this.voice.export(input);
      case "wake":
        return;
      default:
        return input satisfies never;
    }
  }

  #start(nowMs: number): void {
    for (const contact of this.#contacts) {
      if (contact.link === null) contact.follower.follow(null, nowMs);
      else this.#step(contact, contact.link.dial(nowMs));
    }
  }

  #follow(nowMs: number): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    for (const contact of this.#contacts) {
      const welcome = contact.link?.welcome ?? null;
      if (welcome === null) continue;
      contact.follower.follow(welcome.roster, nowMs);
      contact.respondent.askAgain(nowMs);
    }
  }

  /** A watcher has nothing to show. */
  #update(card: Card, proofMs: number, nowMs: number): void {
    if (this.#showing === null) return;
    this.#showing = { edition: this.#showing.edition + 1, card };
    this.voice.update(this.#showing, proofMs, nowMs);
  }

  /** Says goodbye and asks for nothing any more. */
  #leave(proofMs: number, nowMs: number): void {
    const wishes = this.#wishes();
    this.#isLeaving = true;
    this.voice.leave(proofMs, wishes, nowMs);
  }

  #received(contact: Contact, message: FromRegistrar, nowMs: number): void {
    const { source, respondent, link } = contact;
    if (link === null || !link.expects(message.kind)) return;
    link.heard(nowMs);
    switch (message.kind) {
      case "welcome":
        return this.#welcomed(contact, message, nowMs);
      case "survey":
        // It would be taken for an answer of somebody unknown, behind our goodbye.
        if (this.#isLeaving) return;
        return this.voice.say(source, respondent.answer(message));
      case "accepted":
        return this.#accepted(contact, message, nowMs);
      case "rejoin":
        if (!this.#isLeaving) return respondent.askAgain(nowMs);
        link.parting();
        return this.#emit({ kind: "lost", source });
      case "recorded":
        respondent.recorded(message.edition);
        return this.#emit({ ...message, source });
      case "left":
        link.parting();
        return this.#emit({ ...message, source });
      case "refused":
        return this.#refused(contact, message, nowMs);
      default:
        this.#emit({ ...message, source });
    }
  }

  #welcomed(contact: Contact, welcome: Welcome, nowMs: number): void {
    const objection = objectionTo(welcome, contact, this.#contacts);
    if (objection !== undefined) return this.#refused(contact, objection, nowMs);
    contact.link?.welcomed(welcome, nowMs);
    contact.respondent.opened(welcome, this.#setup.random(), nowMs);
    if (this.#isFollowing) contact.follower.follow(welcome.roster, nowMs);
    contact.follower.welcomed(welcome.epoch, welcome.timing.announceIntervalMs);
  }

  #accepted(contact: Contact, { edition, ordinal }: Accepted, nowMs: number): void {
    const { source, respondent, link } = contact;
    if (edition === 0 && respondent.numbered(ordinal)) this.#emit({ kind: "changed" });
    // A member that also watches is accepted twice; only its membership counts.
    if (edition === 0 && this.#setup.identity !== null) return;
    respondent.accepted();
    link?.accepted();
    this.#emit({ kind: "accepted", source });
    const { showing } = this.#wishes();
    if (showing !== null) this.voice.say(source, respondent.catchUp(edition, showing, nowMs));
  }

  #refused(contact: Contact, refusal: Objection, nowMs: number): void {
    const { source, link } = contact;
    if (link === null || link.state.kind === "refused") return;
    const { code, text } = refusal;
    this.#step(contact, link.refuse(code, ERRORS[code].retryable, nowMs));
    this.#lost(contact, nowMs);
    contact.respondent.refused();
    const final = this.#contacts.every((c) => c.link?.state.kind === "refused");
    this.#emit({ kind: "refused", source, code, text, final });
  }

  #lost({ source, link, respondent, follower }: Contact, nowMs: number, isOurs = false): void {
    const { isOpen } = respondent;
    if (isOpen) this.#emit({ kind: "lost", source });
    link?.lost(nowMs);
    respondent.closed();
    // That nobody greets us here says nothing of the roster, which may be heard well.
    if (isOpen || !isOurs) follower.lost(nowMs);
  }

  #advance(contact: Contact, nowMs: number): void {
    const { source, link, respondent, follower } = contact;
    if (link !== null) this.#step(contact, link.due(nowMs), nowMs);
    for (const message of respondent.due(this.#wishes(), nowMs)) this.voice.say(source, message);
    follower.advance(nowMs);
  }

  #step(contact: Contact, step: LinkStep, nowMs?: number): void {
    const { source } = contact;
    if (step === "none") return;
    this.#emit({ kind: step, source });
    if (step === "dial" && this.#mayAskEarly) {
      this.voice.say(source, contact.respondent.early(this.#wishes()));
    }
    if (step !== "dial" && nowMs !== undefined) this.#lost(contact, nowMs, true);
  }

  /** Of several registrars two may turn out to be one, which must not hear us twice. */
  get #mayAskEarly(): boolean {
    return this.#setup.sources.length === 1 && this.#setup.hasKeys !== true;
  }

  #wishes(): Wishes {
    const { instance, secret, identity, services } = this.#setup;
    const showing = this.#isLeaving ? null : this.#showing;
    const isConsumer = this.#isFollowing && !this.#isLeaving;
    return { instance, secret, identity, showing, services: isConsumer ? services : [] };
  }

  #judgeConnection(nowMs: number): void {
    const next = judge(this.#contacts, this.#wasLive, nowMs);
    if (next.kind === "live") this.#wasLive = true;
    if (next.kind === this.#connection.kind && next.kind !== "refused") return;
    if (next.kind === "refused" && this.#connection.kind === "refused") return;
    this.#connection = next;
    this.#emit({ kind: "connection", connection: next });
  }

  /** A member that is surveyed sees by this that its own event loop stood still. */
  #pulseMs(nowMs: number): number {
    const isListed = this.#setup.identity !== null && this.accepted.length > 0;
    return isListed ? nowMs + PULSE_MS : Infinity;
  }

  #withContact(source: number, act: (contact: Contact) => void): void {
    const contact = this.#contacts[source];
    if (contact !== undefined) act(contact);
  }
}
