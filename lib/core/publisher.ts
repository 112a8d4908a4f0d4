import { Audience } from "./audience.ts";
import type { Authority, ServiceSnapshot } from "./messages.ts";
import { silenceMs } from "./options.ts";
import type { RegistrarTuning } from "./options.ts";
import type { Entry } from "./peer.ts";
import { Greeter } from "./greeter.ts";
import { Pace } from "./pace.ts";
import { announcementOf, isFenced, lineOf, pulseOf } from "./notices.ts";
import type { Line, Publication, PublisherDue, Settled, Waiting } from "./notices.ts";
import { PulseTimer } from "./pulse.ts";
import { Roster } from "./roster.ts";
import type { Gone } from "./roster.ts";
import { ALL, deltaTopic, PULSE_TOPIC } from "./topics.ts";
import { Utterance } from "./utterance.ts";

/** Of all time, what may be spent on repeating where idle services stand. */
const REPEATS_SHARE = 0.25;

type Current = (
  service: string,
  id: string,
) => { readonly entry: Entry; readonly bytes: number } | undefined;

/**
 * When to say what: a change goes out at once when its service was quiet, then publications are
 * spaced by `coalesceMs` or by 20 µs per watcher, whichever is longer. Idle services repeat their
 * revision, the registrar repeats its pulse, and services that stay empty are closed.
 */
export class Publisher {
  readonly audience: Audience;
  readonly #tuning: RegistrarTuning;
  readonly #current: Current;
  readonly #isFenced: (service: string) => boolean;
  /** In the order in which they were last spoken of, oldest first. */
  readonly #lines = new Map<string, Line>();
  readonly #unsettled = new Set<string>();
  /** Closed services, the last ones; names that nobody ever joined are not spoken of. */
  readonly #closed = new Set<string>();
  readonly #greeter: Greeter;
  readonly #repeats: Pace;
  readonly #pulse: PulseTimer;
  /** Who we are, and how far we are to be believed, as consumers are told. */
  readonly speaker: Utterance;
  /** New services start here, above every revision of a closed one. */
  #base = 0;

  constructor(options: {
    readonly tuning: RegistrarTuning;
    readonly epoch: string;
    readonly authority: Authority;
    readonly current: Current;
    /** True while a revision of a service waits to be acknowledged. */
    readonly isFenced: (service: string) => boolean;
  }) {
    this.#tuning = options.tuning;
    this.#pulse = new PulseTimer(options.tuning);
    this.audience = new Audience(options.tuning.consumersMax);
    this.#greeter = new Greeter(options.tuning.coalesceMs);
    this.#repeats = new Pace({ leastMs: options.tuning.coalesceMs, share: REPEATS_SHARE });
    this.speaker = new Utterance(options);
    this.#current = options.current;
    this.#isFenced = options.isFenced;
  }

  /** Open services by name. */
  get services(): readonly string[] {
    return [...this.#lines.keys()];
  }

  roster(service: string): Roster | undefined {
    return this.#lines.get(service)?.roster;
  }

  touch(service: string, id: string): void {
    this.#line(service).roster.touch(id);
    this.#unsettled.add(service);
  }

  left(service: string, gone: Gone, wasListedBefore: boolean): void {
    this.#line(service).roster.left(gone, wasListedBefore);
    this.#unsettled.add(service);
  }

  /** Reports in `settled` once everything known now is published. */
  wait(service: string, waiting: Waiting): void {
    this.#line(service).waiting.push(waiting);
    this.#unsettled.add(service);
  }

  /** Whoever waits on this connection is told nothing any more. */
  forget(route: string): void {
    for (const service of this.#unsettled) {
      const line = this.#lines.get(service);
      if (line === undefined || line.waiting.length === 0) continue;
      line.waiting = line.waiting.filter((waiting) => waiting.route !== route);
    }
  }

  /** Says the new authority to everybody at once; `live` when what was judged is published. */
  setAuthority(authority: Authority): void {
    if (this.speaker.say(authority, this.#unsettled)) this.#hasten();
  }

  subscribed(service: string, count = 1): void {
    this.audience.add(service, count);
    if (this.#lines.has(service) || this.#closed.has(service)) this.#greeter.greet(service);
  }

  /** A subscriber of the pulse came: it is told soon who speaks. */
  greetPulse(nowMs: number): void {
    this.audience.add(PULSE_TOPIC);
    this.#pulse.greet(nowMs, this.#spacingMs(PULSE_TOPIC));
  }

  /** Says soon where a service stands. */
  greet(service: string): void {
    this.#greeter.greet(service);
  }

  /** True where this service is open or can be opened; one that is empty gives way. */
  hasRoomFor(service: string, servicesMax: number): boolean {
    if (this.#lines.has(service) || this.#lines.size < servicesMax) return true;
    const empty = [...this.#lines.values()].find(
      ({ roster }) => roster.size === 0 && !this.#unsettled.has(roster.service),
    );
    return empty !== undefined && this.#drop(empty);
  }

  /** What has changed and may be said now. */
  changes(nowMs: number): PublisherDue {
    const publications: Publication[] = [];
    const settled: Settled[] = [];
    for (const service of this.#unsettled) {
      const line = this.#lines.get(service);
      if (line === undefined || nowMs < this.#freeMs(line)) continue;
      const fence = line.waiting.some(({ proofMs }) => proofMs > 0);
      publications.push(...this.#publish(line, nowMs, fence));
      for (const w of line.waiting) settled.push({ ...w, service, revision: line.roster.revision });
      line.waiting = [];
      this.#unsettled.delete(service);
      if (this.speaker.settled(service)) this.#hasten();
    }
    return { publications, settled };
  }

  /** That, and what is said for the clock's sake. */
  due(nowMs: number): PublisherDue {
    const { publications, settled } = this.changes(nowMs);
    const repeats = [...this.#greetings(nowMs), ...this.#announcements(nowMs)];
    return { publications: [...publications, ...repeats, ...this.#signOfLife(nowMs)], settled };
  }

  nextMs(): number {
    let next = Math.min(this.#pulse.nextMs(), this.#greeter.nextMs());
    for (const service of this.#unsettled) {
      const line = this.#lines.get(service);
      if (line !== undefined) next = Math.min(next, this.#freeMs(line));
    }
    for (const line of this.#lines.values()) {
      const dueMs = line.saidMs + this.#tuning.announceIntervalMs;
      return Math.min(next, Math.max(dueMs, this.#repeats.nextMs()));
    }
    return next;
  }

  /** One service, or all; a service that is not open has an empty list. */
  snapshot(service: string): readonly ServiceSnapshot[] {
    if (service === ALL) return [...this.#lines.values()].map((line) => line.roster.snapshot());
    const line = this.#lines.get(service);
    if (line !== undefined) return [line.roster.snapshot()];
    return [{ service, revision: this.#base, entries: [], tombstones: [] }];
  }

  /** Bytes that the snapshot of one service, or of all, will take, nearly. */
  bytes(service: string): number {
    if (service !== ALL) return 256 + (this.#lines.get(service)?.roster.bytes ?? 0);
    let bytes = 256;
    for (const line of this.#lines.values()) bytes += 64 + line.roster.bytes;
    return bytes;
  }

  /** Who speaks is told again at once, and where all services stand. */
  #hasten(): void {
    this.#pulse.hasten();
    for (const line of this.#lines.values()) line.saidMs = -Infinity;
  }

  #line(service: string): Line {
    const known = this.#lines.get(service);
    if (known !== undefined) return known;
    this.#closed.delete(service);
    const line = lineOf(new Roster(service, this.#base));
    this.#lines.set(service, line);
    return line;
  }

  /** When this service may be published again. */
  #freeMs(line: Line): number {
    return line.publishedMs + this.#spacingMs(line.roster.service);
  }

  /** How long to be quiet after speaking to so many. */
  #spacingMs(topic: string): number {
    return Math.max(this.#tuning.coalesceMs, this.audience.costMs(topic));
  }

  #publish(line: Line, nowMs: number, fence: boolean): Publication[] {
    const { service } = line.roster;
    const publications: Publication[] = [];
    while (line.roster.isDirty) {
      const cut = line.roster.cut((id) => this.#current(service, id));
      if (cut === undefined) continue;
      publications.push({
        topic: deltaTopic(service),
        message: {
          kind: "delta",
          service,
          epoch: this.speaker.epoch,
          authority: this.speaker.authority,
          fence: fence && !line.roster.isDirty,
          ...cut,
        },
      });
    }
    // What they wait for may have gone out already.
    if (fence && !publications.some(isFenced)) publications.push(this.#announce(service, true));
    if (publications.length > 0) {
      line.publishedMs = nowMs;
      this.#said(line, nowMs);
    }
    line.emptySinceMs = line.roster.size > 0 ? Infinity : Math.min(line.emptySinceMs, nowMs);
    return publications;
  }

  #said(line: Line, nowMs: number): void {
    line.saidMs = nowMs;
    this.#lines.delete(line.roster.service);
    this.#lines.set(line.roster.service, line);
  }

  /**
   * A new subscriber of a service is told its revision, so that it sees whether it is behind: a
   * service may have emptied and closed while the subscriber was cut off.
   */
  #greetings(nowMs: number): Publication[] {
    return this.#greeter
      .due(nowMs, (service) => this.audience.costMs(service))
      .map((service) => this.#announce(service));
  }

  #announcements(nowMs: number): Publication[] {
    const announcements: Publication[] = [];
    // Those that were said move to the end, where the walk stops: it visits nobody twice.
    for (const line of this.#lines.values()) {
      if (nowMs < line.saidMs + this.#tuning.announceIntervalMs) break;
      if (!this.#repeats.isFree(nowMs)) break;
      if (this.#close(line, nowMs)) continue;
      this.#said(line, nowMs);
      const { service } = line.roster;
      if (this.audience.of(service) === 0) continue;
      announcements.push(this.#announce(service));
      this.#repeats.spend(nowMs, this.audience.costMs(service));
    }
    return announcements;
  }

  #close(line: Line, nowMs: number): boolean {
    const { emptyServiceTtlMs, announceIntervalMs } = this.#tuning;
    // Not before everybody who missed that it emptied has heard it or noticed the silence.
    const ttlMs = Math.max(
      emptyServiceTtlMs,
      2 * silenceMs(announceIntervalMs, announceIntervalMs),
    );
    if (nowMs - line.emptySinceMs < ttlMs) return false;
    if (this.#unsettled.has(line.roster.service)) return false;
    return this.#drop(line);
  }

  #drop(line: Line): boolean {
    const { revision, service } = line.roster;
    this.#base = Math.max(this.#base, revision);
    this.#closed.add(service);
    const [oldest] = this.#closed;
    if (this.#closed.size > this.#tuning.servicesMax && oldest !== undefined)
      this.#closed.delete(oldest);
    return this.#lines.delete(service);
  }

  #announce(service: string, fence = this.#isFenced(service)): Publication {
    const revision = this.#lines.get(service)?.roster.revision ?? this.#base;
    return announcementOf(this.speaker, { service, revision, fence });
  }

  #signOfLife(nowMs: number): Publication[] {
    if (!this.#pulse.due(nowMs)) return [];
    return [pulseOf(this.speaker, this.#tuning.announceIntervalMs)];
  }
}
