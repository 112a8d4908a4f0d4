import type { Connection } from "../core/io.ts";
import type { Listing, Source } from "../core/listing.ts";
import type { Authority } from "../core/messages.ts";
import type { Card, Peer } from "../core/peer.ts";
import type { Surveyor } from "../core/surveyor.ts";
import type { ClientNode } from "./client-node.ts";
import type { CutEnds } from "./connection.ts";
import type { ConsumerFacts, Ending, PeerFacts, RegistrarFacts, SeenChange } from "./facts.ts";
import { Trouble } from "./trouble.ts";

/** Changes that are remembered of one consumer. */
const CHANGES_MAX = 10_000;

/** The book of one member's run. */
export class PeerBook implements PeerFacts {
  readonly node: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly bornMs: number;
  readonly silence: Trouble;
  readonly unsettled = new Trouble();
  readonly unusable = new Trouble();
  acceptedMs: number | null = null;
  ending: Ending | null = null;
  endedMs = Infinity;
  saidGoodbye = false;
  updatedMs: number;
  closedMs = Infinity;
  card: Card;
  settledMs = Infinity;
  desertedMs = Infinity;
  provenTo: readonly string[] = [];

  constructor(options: {
    readonly node: string;
    readonly service: string;
    readonly id: string;
    readonly instance: string;
    readonly card: Card;
    readonly nowMs: number;
    /** Two silences with a shorter pause between them count as one. */
    readonly silenceGapMs: number;
  }) {
    this.node = options.node;
    this.service = options.service;
    this.id = options.id;
    this.instance = options.instance;
    this.card = options.card;
    this.bornMs = options.nowMs;
    this.updatedMs = options.nowMs;
    this.silence = new Trouble(options.silenceGapMs);
    this.shows(options.card, options.nowMs);
  }

  shows(card: Card, nowMs: number): void {
    this.card = card;
    this.updatedMs = nowMs;
    const isUnusable = card.status === "draining" || card.status === "critical";
    if (isUnusable && !this.unusable.isOpen) this.unusable.begin(nowMs);
    if (!isUnusable) this.unusable.clear(nowMs);
  }

  accepted(nowMs: number): void {
    this.acceptedMs ??= nowMs;
    this.settledMs = nowMs;
    this.unsettled.clear(nowMs);
  }

  /** Whoever had no connection when a long silence ends still has to come back. */
  heardAgain(nowMs: number, pauseMs: number): void {
    const { sinceMs } = this.silence;
    this.silence.end(nowMs);
    if (this.silence.isOpen || sinceMs === null || nowMs - sinceMs < pauseMs) return;
    if (this.settledMs === Infinity && !this.unsettled.isOpen) this.unsettled.begin(nowMs);
  }

  /** A connection that closes while its member could not be heard is the member's own trouble. */
  closed(nowMs: number, gapMs: number): void {
    this.closedMs = Math.min(this.closedMs, nowMs);
    if (this.ending !== null) return;
    this.settledMs = Infinity;
    const isSilent = this.silence.isOpen || nowMs - this.silence.endMs <= gapMs;
    if (isSilent) this.wasCut(nowMs);
  }

  /** Something from outside broke its connection, and told this end or both. */
  wasCut(nowMs: number, told: CutEnds = "both"): void {
    if (told === "client" || told === "nobody") this.desertedMs = Math.min(this.desertedMs, nowMs);
    this.closedMs = Math.min(this.closedMs, nowMs);
    this.settledMs = Infinity;
    if (!this.unsettled.isOpen) this.unsettled.begin(nowMs);
  }

  end(ending: Ending, nowMs: number): void {
    if (ending === "left") this.saidGoodbye = true;
    if (ending === "crashed" && this.saidGoodbye) this.ending = ending;
    if (this.ending !== null) return;
    this.ending = ending;
    this.endedMs = nowMs;
  }
}

/** The book of one consumer's run. */
export class ConsumerBook implements ConsumerFacts {
  readonly node: string;
  readonly instance: string;
  readonly services: readonly string[];
  readonly bornMs: number;
  readonly isNamed: boolean;
  readonly trouble = new Trouble();
  isOver = false;
  readyMs: number | null = null;
  usable: readonly Peer[] = [];
  readonly #node: ClientNode;
  #listed: ReadonlySet<string> = new Set();
  #caughtUp = { setMs: -Infinity, fromMs: Infinity };
  #authority: Authority = "stale";
  #sources: readonly Source[] = [];
  #changes: SeenChange[] = [];

  constructor(options: {
    readonly node: ClientNode;
    readonly instance: string;
    readonly services: readonly string[];
    readonly isNamed: boolean;
    readonly nowMs: number;
  }) {
    this.node = options.node.name;
    this.instance = options.instance;
    this.services = options.services;
    this.isNamed = options.isNamed;
    this.bornMs = options.nowMs;
    this.#node = options.node;
  }

  get authority(): Authority {
    return this.#authority;
  }

  get connection(): Connection {
    return this.#node.client.connection;
  }

  get sources(): readonly Source[] {
    return this.#sources;
  }

  get changes(): readonly SeenChange[] {
    return this.#changes;
  }

  /** Instances are random and so name a run by themselves. */
  get caughtUpMs(): number {
    const { setMs, fromMs } = this.#caughtUp;
    return setMs > this.trouble.endMs ? fromMs : Infinity;
  }

  /** True while it is not known that nothing is missing. */
  get mayLag(): boolean {
    return this.caughtUpMs === Infinity;
  }

  /** It holds what there is; from `fromMs` on nothing is under way any more that it could miss. */
  caughtUp(setMs: number, fromMs: number): void {
    this.#caughtUp = { setMs, fromMs };
  }

  lists({ instance }: Pick<Peer, "instance">): boolean {
    return this.#listed.has(instance);
  }

  /** Takes the list as it is now, as the observables of the real client do, and says what changed. */
  look(at: { readonly nowMs: number; readonly sentMs: number }): {
    readonly listing: Listing;
    readonly seen: readonly SeenChange[];
    readonly isFirst: boolean;
  } | null {
    if (!this.#node.client.isReady) return null;
    const { listing } = this.#node;
    const { lister } = this.#node.client;
    const isFirst = this.readyMs === null;
    const changes = lister.changes(isFirst ? null : this.usable, listing);
    lister.remember(changes);
    this.readyMs ??= at.nowMs;
    this.usable = listing.usable;
    this.#listed = new Set(listing.usable.map((peer) => peer.instance));
    this.#authority = listing.authority;
    this.#sources = listing.sources;
    const seen = changes.map((change) => ({ atMs: at.nowMs, sentMs: at.sentMs, change }));
    this.#changes.push(...seen);
    if (this.#changes.length > 2 * CHANGES_MAX) this.#changes = this.#changes.slice(-CHANGES_MAX);
    return { listing, seen, isFirst };
  }
}

/** The book of the registrar, over all its runs. */
export class RegistrarBook implements RegistrarFacts {
  readonly trouble = new Trouble();
  readonly down = new Trouble();
  readonly learning = new Trouble();
  starts = 0;
  liveMs = Infinity;
  learningMs: number | null = null;
  heldMs: number | null = null;
  readonly #surveyor: () => Surveyor | null;
  readonly #epoch: () => string;

  constructor(options: { readonly surveyor: () => Surveyor | null; readonly epoch: () => string }) {
    this.#surveyor = options.surveyor;
    this.#epoch = options.epoch;
  }

  get epoch(): string {
    return this.#epoch();
  }

  get members(): number {
    return this.#surveyor()?.members ?? 0;
  }

  get consumers(): number {
    return this.#surveyor()?.consumers ?? 0;
  }

  /** Every run starts by learning; in the first one nobody can return, so all are judged. */
  started(nowMs: number): void {
    this.starts += 1;
    if (this.down.isOpen) this.trouble.end(nowMs);
    this.down.clear(nowMs);
    if (this.starts > 1) return this.judges("learning", nowMs);
    this.learningMs = nowMs;
    this.liveMs = nowMs;
  }

  died(nowMs: number): void {
    this.trouble.clear(nowMs);
    this.trouble.begin(nowMs);
    this.down.begin(nowMs);
    this.learningMs = null;
    this.heldMs = null;
    this.liveMs = Infinity;
    if (!this.learning.isOpen) this.learning.begin(nowMs);
  }

  judges(authority: Authority, nowMs: number): void {
    const isLive = authority === "live";
    this.learningMs = authority === "learning" ? nowMs : null;
    this.heldMs = authority === "held" ? nowMs : null;
    this.liveMs = isLive ? nowMs : Infinity;
    // While removals are held it judges as little as while it learns.
    if (isLive) this.learning.clear(nowMs);
    else if (!this.learning.isOpen) this.learning.begin(nowMs);
  }
}
