import { Departures } from "./departures.ts";
import { FenceList } from "./fence-list.ts";
import type { HeldList } from "./held-list.ts";
import { HeldLists } from "./held-lists.ts";
import type { ClientEffect } from "./io.ts";
import type { Announce, Authority, Delta, Pulse, RosterMessage, Snapshot } from "./messages.ts";
import type { ClientTuning } from "./options.ts";
import type { Entry } from "./peer.ts";
import { silenceMs } from "./options.ts";
import { SnapshotAsker } from "./snapshot-asker.ts";
import { ALL, deltaTopic, follows, PULSE_TOPIC } from "./topics.ts";

/** Until the registrar tells how often it gives a sign of life. */
const PULSE_INTERVAL_MS = 1000;

/**
 * The roster of one registrar, followed: each revision is applied once and in order; a gap or a
 * new epoch is repaired by a snapshot while what was held stays; silence makes it stale.
 */
export class Follower {
  readonly departures = new Departures();
  readonly fences: FenceList;
  readonly #source: number;
  readonly #services: readonly string[];
  readonly #emit: (effect: ClientEffect) => void;
  readonly #asker: SnapshotAsker;
  readonly #lists = new HeldLists(this.departures);
  #isFollowing = false;
  #roster: string | null = null;
  #epoch: string | null = null;
  #authority: Authority = "learning";
  #isStale = true;
  /** Every list held is in the present epoch. */
  #hasCaughtUp = false;
  #heardMs = 0;
  /** Silence is counted from here: the last message, or our last attempt to connect. */
  #quietSinceMs = 0;
  #wasPostponed = false;
  /** Since a silence, services may have emptied and closed unheard. */
  #mayLagBehind = false;
  #intervalMs = PULSE_INTERVAL_MS;
  /** The run before the one that greeted us: what a half-dead connection still brings of it is old. */
  #retired: string | null = null;
  /** After the survey connection was lost, older messages may still be read until then. */
  #doubtUntilMs = -Infinity;

  constructor(options: {
    readonly source: number;
    readonly services: readonly string[];
    readonly tuning: ClientTuning;
    readonly random: () => number;
    readonly emit: (effect: ClientEffect) => void;
  }) {
    this.#source = options.source;
    this.#services = options.services;
    this.#emit = options.emit;
    this.#asker = new SnapshotAsker(options);
    this.fences = new FenceList(this);
  }

  /** A registrar that judges cannot vouch for a list of another epoch, or from before a silence. */
  get authority(): Authority {
    if (this.#isStale) return "stale";
    const isCurrent = this.#hasCaughtUp && !this.#lists.hasDoubts;
    return this.#authority === "live" && !isCurrent ? "learning" : this.#authority;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  /** When a message was read last. */
  get heardMs(): number {
    return this.#heardMs;
  }

  get lists(): ReadonlyMap<string, HeldList> {
    return this.#lists.all;
  }

  /**
   * What this registrar says of one service; undefined where it was never heard. Who follows all
   * and was told all knows that a service without a list has nobody.
   */
  entries(service: string): Iterable<Entry> | undefined {
    const list = this.lists.get(service);
    if (list !== undefined) return list.epoch === null ? undefined : list.entries();
    return this.#services.includes(ALL) && this.#asker.hasSeenAll ? [] : undefined;
  }

  /** Every service asked for has had its first snapshot. */
  get isReady(): boolean {
    return this.#services.includes(ALL)
      ? this.#asker.hasSeenAll
      : this.#services.every((service) => (this.lists.get(service)?.epoch ?? null) !== null);
  }

  /** Connects, or connects elsewhere, and asks for everything. */
  follow(roster: string | null, nowMs: number): void {
    if (this.#isFollowing && this.#roster === roster) return;
    this.#roster = roster;
    this.#quietSinceMs = nowMs;
    this.#wasPostponed = false;
    this.#emit({ kind: "follow", source: this.#source, roster });
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#subscribe(PULSE_TOPIC);
    for (const service of this.#services) this.#subscribe(deltaTopic(service));
    this.#wantAll();
  }

  /** The survey connection greeted us: a new run of the registrar has a new list. */
  welcomed(epoch: string, intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#doubtUntilMs = -Infinity;
    if (epoch === this.#epoch) return;
    this.#retired = this.#epoch;
    if (this.#isFollowing) this.#enter(epoch);
  }

  /** The survey connection closed, so the registrar may be gone: say so at once. */
  lost(nowMs: number): void {
    if (!this.#isFollowing) return;
    this.#doubtUntilMs = nowMs + this.#intervalMs;
    this.#stale();
  }

  received(topic: string, message: RosterMessage, nowMs: number): void {
    if (!this.#isFollowing || message.epoch === this.#retired) return;
    this.#heardMs = nowMs;
    this.#quietSinceMs = nowMs;
    this.#wasPostponed = false;
    if (this.#mayLagBehind && this.#services.includes(ALL)) this.#asker.want(ALL);
    this.#mayLagBehind = false;
    if (this.#isStale && nowMs >= this.#doubtUntilMs) {
      this.#isStale = false;
      this.#changed();
    }
    // Before anything is made of it: what an earlier run said last must not pass for this one's word.
    if (message.kind !== "snapshot") {
      if (message.epoch !== this.#epoch) this.#enter(message.epoch);
      this.#trust(message.authority);
    }
    switch (message.kind) {
      case "pulse":
        return this.#pulse(message);
      case "announce":
        return this.#announce(message);
      case "delta":
        return this.#delta(message);
      case "snapshot":
        return this.#snapshot(topic, message);
      default:
        return message satisfies never;
    }
  }

  /** Moves the deadlines by the time our own event loop stood still: once, until we hear again. */
  postpone(byMs: number): void {
    if (!this.#wasPostponed) this.#quietSinceMs += byMs;
    this.#wasPostponed = true;
    this.#asker.postpone(byMs);
  }

  advance(nowMs: number): void {
    if (!this.#isFollowing) return;
    if (nowMs >= this.#silentAtMs()) {
      this.#stale();
      this.#mayLagBehind = true;
      this.#lists.doubt();
      this.#quietSinceMs = nowMs;
      this.#wasPostponed = false;
      this.#emit({ kind: "follow", source: this.#source, roster: this.#roster });
    }
    this.#asker.advance(nowMs);
  }

  nextMs(): number {
    if (!this.#isFollowing) return Infinity;
    return Math.min(this.#silentAtMs(), this.#asker.nextMs());
  }

  #silentAtMs(): number {
    return this.#quietSinceMs + silenceMs(this.#intervalMs, this.#intervalMs);
  }

  #pulse(pulse: Pulse): void {
    this.#intervalMs = pulse.intervalMs;
    if (pulse.authority === "learning") return;
    // Services that are not open are never announced, so their lists have to be asked for.
    for (const service of this.#lists.doubted) this.#asker.want(service);
  }

  #announce(announce: Announce): void {
    const { service, revision, epoch } = announce;
    // Where nobody was yet there is no list: anybody may subscribe to any name.
    const list = revision > 0 ? this.#list(service) : this.lists.get(service);
    if (list === undefined) return;
    if (epoch !== list.epoch || revision > list.revision) return this.#asker.want(service);
    if (revision === list.revision) this.#settle(list, announce.authority);
    this.#fence(announce);
  }

  #delta(delta: Delta): void {
    const list = this.#list(delta.service);
    if (list === undefined) return;
    if (delta.epoch !== list.epoch) return this.#asker.want(delta.service);
    if (delta.revision <= list.revision) return;
    if (delta.revision !== list.revision + 1) return this.#asker.want(delta.service);
    list.apply(delta);
    this.#settle(list, delta.authority);
    this.#fence(delta);
    this.#changed();
  }

  #snapshot(topic: string, snapshot: Snapshot): void {
    if (!this.#asker.awaits(topic)) return;
    // While it is still asked for, so that the services it tells are not asked for twice.
    if (snapshot.epoch !== this.#epoch) this.#enter(snapshot.epoch);
    this.#asker.arrived(topic);
    this.#trust(snapshot.authority);
    for (const told of snapshot.services) {
      const list = this.#list(told.service);
      if (list === undefined) continue;
      if (list.epoch === snapshot.epoch && told.revision < list.revision) continue;
      list.replace(told, snapshot.epoch);
      this.#settle(list, snapshot.authority);
    }
    if (snapshot.all) this.#closeOthers(snapshot);
    this.#hasCaughtUp ||= this.#lists.areOf(this.#epoch);
    this.#changed();
  }

  /** A service that a snapshot of all does not name is closed, hence empty. */
  #closeOthers(snapshot: Snapshot): void {
    const named = new Set(snapshot.services.map((told) => told.service));
    for (const list of this.#lists.others(named)) {
      const { service } = list;
      list.replace({ service, revision: 0, entries: [], tombstones: [] }, snapshot.epoch);
      this.#settle(list, snapshot.authority);
      this.#lists.dropIfEmpty(service);
    }
  }

  /** Another registrar run speaks: everything held is kept and asked for anew. */
  #enter(epoch: string): void {
    this.#epoch = epoch;
    this.#authority = "learning";
    this.#hasCaughtUp = false;
    this.fences.clear();
    this.#wantAll();
    this.#changed();
  }

  #fence({ service, revision, fence }: Delta | Announce): void {
    if (!fence) return;
    this.fences.note(service, revision);
    this.#changed();
  }

  #trust(authority: Authority): void {
    if (this.#authority === authority) return;
    this.#authority = authority;
    // Those who did not return are judged by now, but we are not told yet.
    if (authority !== "learning") this.#lists.doubtAwaiting();
    this.#changed();
  }

  /** The list is where the registrar stands; has that learned, nobody else is going to return. */
  #settle(list: HeldList, authority: Authority): void {
    if (this.#lists.confirm(list.service)) this.#changed();
    if (authority === "learning" || !list.isAwaitingReturns) return;
    list.settle();
    this.#changed();
  }

  #stale(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#changed();
  }

  /** Undefined for what was not asked for, and beyond the limit of services. */
  #list(service: string): HeldList | undefined {
    const isWanted = follows(this.#services, service);
    return isWanted ? this.#lists.open(service) : undefined;
  }

  #wantAll(): void {
    for (const service of this.#services) this.#asker.want(service);
  }

  #subscribe(topic: string): void {
    this.#emit({ kind: "subscribe", source: this.#source, topic });
  }

  #changed(): void {
    this.#emit({ kind: "changed" });
  }
}
