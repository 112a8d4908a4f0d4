import { Admission } from "./admission.ts";
import { TopicBook } from "./audience.ts";
import type { Away, Sender, SurveyorEffect, SurveyorInput } from "./io.ts";
import { ANY_EPOCH, speaks } from "./messages.ts";
import type { Authority, Explain, Export, Snapshot, ToRegistrar } from "./messages.ts";
import { TICK_MS } from "./options.ts";
import type { RegistrarTuning } from "./options.ts";
import type { Entry, LeftCause } from "./peer.ts";
import { RecordDesk } from "./record-desk.ts";
import type { Recording } from "./recording.ts";
import { Rolls } from "./rolls.ts";
import { SnapshotDesk } from "./snapshots.ts";
import { ALL, isWatchable, parseTopic } from "./topics.ts";

/** The machine looks at the clock at least this often, so that it sees its own stalls. */
const PULSE_MS = 100;
/** Lateness of the clock that is passed on to every deadline. */
const LATE_MS = 5 * TICK_MS;

/**
 * The registrar as a deterministic machine: time and messages come in, effects go out. It wires
 * the parts and owns the order in which they run: see the stall, take the input, then let the
 * clock do what is due. A late or extra wake-up does no harm.
 */
export class Surveyor {
  readonly #epoch: string;
  readonly #tuning: RegistrarTuning;
  readonly #rolls: Rolls;
  readonly #admission: Admission;
  readonly #records: RecordDesk;
  readonly #desk: SnapshotDesk;
  readonly #topics: TopicBook;
  #effects: SurveyorEffect[] = [];
  #publications: SurveyorEffect[] = [];
  #urgent: ((effect: SurveyorEffect) => void) | undefined;
  #expectedMs: number;
  /** Nearly every input is an answer that changes nothing, at a time at which nothing is due. */
  #isRoutine = false;

  constructor(options: {
    readonly epoch: string;
    readonly tuning: RegistrarTuning;
    readonly nowMs: number;
  }) {
    const { epoch, tuning, nowMs } = options;
    const emit = (effect: SurveyorEffect): void => this.#emit(effect);
    this.#epoch = epoch;
    this.#tuning = tuning;
    this.#rolls = new Rolls({ epoch, tuning, nowMs, emit });
    this.#admission = new Admission({ rolls: this.#rolls, tuning, emit });
    this.#records = new RecordDesk(this.#rolls);
    this.#desk = new SnapshotDesk(
      { bytesPerSecond: tuning.snapshotBytesPerSecond, requestsMax: tuning.topicsMax },
      nowMs,
    );
    this.#topics = new TopicBook(tuning.topicsMax);
    this.#expectedMs = nowMs;
  }

  get authority(): Authority {
    return this.#rolls.trust.authority;
  }

  /** Names of the open services. */
  get services(): readonly string[] {
    return this.#rolls.publisher.services;
  }

  /** Members, all services together. */
  get members(): number {
    return this.#rolls.registry.size;
  }

  /** Named consumers. */
  get consumers(): number {
    return this.#rolls.consumers.size;
  }

  /** The list of one service as published, with its revision. */
  published(service: string): {
    readonly revision: number;
    readonly entries: ReadonlyMap<string, Entry>;
  } {
    const roster = this.#rolls.publisher.roster(service);
    return { revision: roster?.revision ?? 0, entries: roster?.published ?? new Map() };
  }

  /** Asks to be listed, or to consume, and is not known here. */
  isNewcomer(route: string, message: ToRegistrar): boolean {
    if (message.kind === "join") return !this.#rolls.registry.lists(message);
    return message.kind === "watch" && !this.isKnown(route);
  }

  /** It is the connection of a member or a named consumer. */
  isKnown(route: string): boolean {
    return this.#rolls.registry.ofRoute(route) !== undefined || this.#rolls.consumers.has(route);
  }

  /** Members that are listed without a connection, with the keys that they had. */
  readonly away = (): IterableIterator<Away> => this.#rolls.registry.away();

  /** Why a departed instance left, as far as it is remembered. */
  causeOf(service: string, id: string, instance: string): LeftCause | undefined {
    return this.#rolls.publisher.roster(service)?.tombstone(id, instance)?.cause;
  }

  /** What is remembered of one peer; undefined where nothing is. */
  explain(service: string, id: string, nowMs: number): ReturnType<RecordDesk["explain"]> {
    return this.#records.explain(service, id, nowMs);
  }

  /** Everything that is remembered of one service, or of all with `*`. */
  record(service: string, nowMs: number): Omit<Recording, "takenAt"> {
    return this.#records.record(service, nowMs);
  }

  /**
   * Takes one input and does what is due. Publications are `urgent`, because many wait for them: they
   * are handed out as soon as they are known, and without `urgent` they are returned before the rest.
   */
  handle(
    input: SurveyorInput,
    nowMs: number,
    urgent?: (effect: SurveyorEffect) => void,
  ): readonly SurveyorEffect[] {
    this.#effects = [];
    this.#publications = [];
    this.#urgent = urgent;
    this.#isRoutine = false;
    this.#noticeStall(nowMs);
    this.#take(input, nowMs);
    if (this.#isRoutine && nowMs < this.#expectedMs) return this.#effects;
    this.#rolls.publishChanges(nowMs);
    this.#admission.advance(nowMs);
    this.#rolls.advance(nowMs);
    this.#serveSnapshots(nowMs);
    this.#push(this.#records.due(nowMs));
    this.#expectedMs = Math.min(nowMs + PULSE_MS, Math.max(nowMs, this.#nextMs()));
    if (this.#publications.length === 0) return this.#effects;
    return [...this.#publications, ...this.#effects];
  }

  #push(effect: SurveyorEffect | undefined): void {
    if (effect !== undefined) this.#effects.push(effect);
  }

  /** What many wait for goes out before what one waits for. */
  #emit(effect: SurveyorEffect): void {
    if (effect.kind !== "publish") this.#effects.push(effect);
    else if (this.#urgent === undefined) this.#publications.push(effect);
    else this.#urgent(effect);
  }

  /** When the next wake-up is due. */
  get nextDeadlineMs(): number {
    return this.#expectedMs;
  }

  /**
   * Time we did not look is nobody's fault but ours: a short one moves every deadline; after a
   * long one connections may have been given up by their clients, so the registrar learns anew.
   */
  #noticeStall(nowMs: number): void {
    const lateMs = nowMs - this.#expectedMs;
    if (lateMs <= LATE_MS) return;
    // A little more, because the answers that came meanwhile are still to be read.
    const byMs = lateMs + LATE_MS;
    if (lateMs > this.#tuning.stallMs) this.#rolls.stalled(nowMs, lateMs);
    else this.#rolls.postpone(byMs);
    this.#admission.postpone(byMs);
  }

  #take(input: SurveyorInput, nowMs: number): void {
    switch (input.kind) {
      case "received":
        return this.#received(input, input.message, nowMs);
      case "disconnected":
        this.#admission.disconnected(input.route, nowMs);
        this.#records.disconnected(input.route);
        return this.#rolls.disconnected(input, nowMs);
      case "subscribed":
        return this.#subscribed(input.topic, nowMs);
      case "unsubscribed":
        return this.#unsubscribed(input.topic);
      case "cleared":
        return this.#cleared(nowMs);
      case "expelled":
        this.#admission.withdrawn(input.route);
        this.#records.disconnected(input.route);
        return this.#rolls.expelled(input.route, nowMs);
      case "struck":
        return this.#admission.struck(input, nowMs);
      case "wake":
        return;
      default:
        return input satisfies never;
    }
  }

  #received(from: Sender, message: ToRegistrar, nowMs: number): void {
    const { route } = from;
    // A client's queue may hold what it meant for the registrar before us.
    if (message.epoch !== this.#epoch && !isEarly(message)) {
      this.#effects.push({ kind: "note", event: "message.otherEpoch", detail: message.kind });
      return;
    }
    switch (message.kind) {
      case "join":
        return this.#admission.join(route, message, nowMs);
      case "watch":
        return this.#admission.watch(from, message);
      case "answer": {
        this.#admission.answered(route, message.round, nowMs);
        const isPageDue = this.#records.answered(route, message.round);
        this.#isRoutine = !this.#rolls.answered(route, message, nowMs) && !isPageDue;
        return;
      }
      case "update":
        return this.#rolls.update(route, message, nowMs);
      case "leave":
        this.#admission.withdrawn(route);
        return this.#rolls.leave(route, message.proofMs, nowMs);
      case "acknowledge":
        return this.#rolls.fences.acknowledged(route, message.service, message.revision);
      case "report":
        return this.#rolls.reported(route, message, nowMs);
      case "explain":
      case "export":
        return this.#push(this.#asked(route, message, nowMs));
      default:
        return message satisfies never;
    }
  }

  /** What is remembered is for those who can be seen to read it. A stranger is told to come in first. */
  #asked(route: string, question: Explain | Export, nowMs: number): SurveyorEffect | undefined {
    if (this.isKnown(route)) return this.#records.take(route, question, nowMs);
    return { kind: "reply", route, message: { kind: "rejoin" } };
  }

  #subscribed(topic: string, nowMs: number): void {
    const parsed = parseTopic(topic);
    if (parsed.kind === "pulse") return this.#rolls.publisher.greetPulse(nowMs);
    if (parsed.kind === "snapshot" && isWatchable(parsed.service)) {
      // Not counted as a topic: whoever holds all topics must not keep others from the list.
      if (this.#desk.request({ topic, service: parsed.service })) return;
    } else if (parsed.kind === "deltas" && isWatchable(parsed.service)) {
      const count = this.#topics.subscribed(topic);
      if (count > 0) return this.#rolls.publisher.subscribed(parsed.service, count);
    }
    this.#effects.push({ kind: "note", event: "topic.ignored", detail: parsed.kind });
  }

  #unsubscribed(topic: string): void {
    const parsed = parseTopic(topic);
    if (parsed.kind === "pulse") return this.#rolls.publisher.audience.remove(topic);
    if (parsed.kind === "snapshot") return this.#desk.cancel(topic);
    if (parsed.kind !== "deltas" || !this.#topics.unsubscribed(topic)) return;
    this.#rolls.publisher.audience.remove(parsed.service);
  }

  #cleared(nowMs: number): void {
    this.#topics.clear();
    this.#desk.clear();
    this.#rolls.cleared(nowMs);
  }

  #serveSnapshots(nowMs: number): void {
    const { publisher, fences } = this.#rolls;
    for (const request of this.#desk.due(nowMs, (service) => publisher.bytes(service))) {
      const message: Snapshot = {
        kind: "snapshot",
        epoch: this.#epoch,
        authority: publisher.speaker.authority,
        all: request.service === ALL,
        services: publisher.snapshot(request.service),
      };
      this.#emit({ kind: "publish", topic: request.topic, message });
      // Whoever needed a snapshot may have missed that it is to be acknowledged.
      for (const { service } of message.services) {
        if (fences.has(service)) publisher.greet(service);
      }
    }
  }

  #nextMs(): number {
    return Math.min(
      this.#admission.nextMs(),
      this.#rolls.nextMs(),
      this.#desk.nextMs(),
      this.#records.nextMs(),
    );
  }
}

/** A newcomer that has not been greeted names no epoch. Its JOIN is repeated if it is ignored. */
function isEarly(message: ToRegistrar): boolean {
  if (message.epoch !== ANY_EPOCH) return false;
  return message.kind === "leave" || (message.kind === "join" && speaks(message.version));
}
