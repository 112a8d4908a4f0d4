import type { Card } from "../core/peer.ts";
import type { CutEnds } from "./connection.ts";
import type { Ending, MemberLine, PeerFacts } from "./facts.ts";
import { Trouble } from "./trouble.ts";

/** What one run of a member is made of. */
export interface PeerBookOptions {
  readonly node: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly card: Card;
  readonly nowMs: number;
  /** Names of the registrars it joins. */
  readonly registrars: readonly string[];
  /** All runs under its id; it adds itself. */
  readonly namesakes: PeerBook[];
  /** Two silences with a shorter pause between them count as one. */
  readonly silenceGapMs: number;
  /** Something in this book is different. */
  readonly changed: (book: PeerBook) => void;
}

/** The book of one member's run at one registrar. */
export class MemberLineBook implements MemberLine {
  readonly silence: Trouble;
  readonly unsettled: Trouble;
  acceptedMs: number | null = null;
  isRefused = false;
  settledMs = Infinity;
  closedMs = Infinity;
  desertedMs = Infinity;
  readonly #changed: () => void;

  constructor(silenceGapMs: number, changed: () => void) {
    this.silence = new Trouble(silenceGapMs, changed);
    this.unsettled = new Trouble(0, changed);
    this.#changed = changed;
  }

  accepted(nowMs: number): void {
    this.acceptedMs ??= nowMs;
    this.settledMs = nowMs;
    this.unsettled.clear(nowMs);
    this.#changed();
  }

  refused(): void {
    this.isRefused = true;
    this.settledMs = Infinity;
    this.#changed();
  }

  /** Whoever had no connection when a long silence ends still has to come back. */
  heardAgain(nowMs: number, pauseMs: number): void {
    const { sinceMs } = this.silence;
    this.silence.end(nowMs);
    if (this.silence.isOpen || sinceMs === null || nowMs - sinceMs < pauseMs) return;
    if (this.settledMs === Infinity && !this.unsettled.isOpen) this.unsettled.begin(nowMs);
  }

  /** A connection that closes while its member could not be heard is the member's own trouble. */
  closed(nowMs: number, gapMs: number, isOver: boolean): void {
    this.closedMs = Math.min(this.closedMs, nowMs);
    if (isOver) return;
    this.settledMs = Infinity;
    const isSilent = this.silence.isOpen || nowMs - this.silence.endMs <= gapMs;
    // A newcomer that gives up waiting for a greeting may have been listed for a moment.
    if (isSilent || this.acceptedMs === null) this.wasCut(nowMs);
    this.#changed();
  }

  /** Something from outside broke its connection, and told this end or both. */
  wasCut(nowMs: number, told: CutEnds = "both"): void {
    if (told === "client" || told === "nobody") this.desertedMs = Math.min(this.desertedMs, nowMs);
    this.closedMs = Math.min(this.closedMs, nowMs);
    this.settledMs = Infinity;
    if (!this.unsettled.isOpen) this.unsettled.begin(nowMs);
    this.#changed();
  }
}

/** The book of one member's run. */
export class PeerBook implements PeerFacts {
  readonly node: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly bornMs: number;
  readonly lines: ReadonlyMap<string, MemberLineBook>;
  readonly namesakes: readonly PeerBook[];
  readonly unusable: Trouble;
  readonly doubted: Trouble;
  ending: Ending | null = null;
  endedMs = Infinity;
  saidGoodbye = false;
  updatedMs: number;
  card: Card;
  /** Counts the cards shown, as its own machine does. */
  edition = 1;
  provenTo: readonly string[] = [];
  readonly #changed: () => void;

  constructor(options: PeerBookOptions) {
    const { registrars, namesakes, silenceGapMs, changed } = options;
    this.node = options.node;
    this.service = options.service;
    this.id = options.id;
    this.instance = options.instance;
    this.card = options.card;
    this.bornMs = options.nowMs;
    this.updatedMs = options.nowMs;
    this.#changed = () => changed(this);
    this.unusable = new Trouble(0, this.#changed);
    this.doubted = new Trouble(0, this.#changed);
    this.lines = new Map(
      registrars.map((name) => [name, new MemberLineBook(silenceGapMs, this.#changed)]),
    );
    this.namesakes = namesakes;
    namesakes.push(this);
    this.#showsAs(options.card, options.nowMs);
  }

  /** Shows another card; what was acknowledged of the one before is acknowledged no more. */
  shows(card: Card, nowMs: number): void {
    this.edition += 1;
    this.provenTo = [];
    this.card = card;
    this.updatedMs = nowMs;
    this.#showsAs(card, nowMs);
    this.#changed();
  }

  /** These consumers are said to have acknowledged its goodbye, or that it drains. */
  proven(instances: readonly string[]): void {
    this.provenTo = [...this.provenTo, ...instances];
  }

  end(ending: Ending, nowMs: number): void {
    if (ending === "left") this.saidGoodbye = true;
    if (ending === "crashed" && this.saidGoodbye) this.ending = ending;
    this.#changed();
    if (this.ending !== null) return;
    this.ending = ending;
    this.endedMs = nowMs;
  }

  #showsAs(card: Card, nowMs: number): void {
    const isUnusable = card.status === "draining" || card.status === "critical";
    if (isUnusable && !this.unusable.isOpen) this.unusable.begin(nowMs);
    if (!isUnusable) this.unusable.clear(nowMs);
  }
}
