import type { Connection } from "../core/io.ts";
import type { Listing, Source } from "../core/listing.ts";
import type { Authority } from "../core/messages.ts";
import type { Peer } from "../core/peer.ts";
import type { ClientNode } from "./client-node.ts";
import type { ConsumerFacts, ConsumerLine, SeenChange } from "./facts.ts";
import { Trouble } from "./trouble.ts";

/** Changes that are remembered of one consumer. */
const CHANGES_MAX = 10_000;

/** The book of one consumer's run at one registrar. */
export class ConsumerLineBook implements ConsumerLine {
  readonly source: number;
  readonly trouble: Trouble;
  readyMs: number | null = null;
  isRefused = false;
  settledMs = Infinity;
  #caughtUp = { setMs: -Infinity, fromMs: Infinity };
  readonly #changed: () => void;

  constructor(source: number, changed: () => void) {
    this.source = source;
    this.trouble = new Trouble(0, changed);
    this.#changed = changed;
  }

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
    this.#changed();
  }
}

/** What a look at the list brought. */
export interface Look {
  readonly listing: Listing;
  readonly seen: readonly SeenChange[];
  readonly isFirst: boolean;
  /** The sources of the listing before. */
  readonly before: readonly Source[];
}

/** The book of one consumer's run. */
export class ConsumerBook implements ConsumerFacts {
  readonly node: string;
  readonly instance: string;
  readonly services: readonly string[];
  readonly bornMs: number;
  readonly isNamed: boolean;
  readonly lines: ReadonlyMap<string, ConsumerLineBook>;
  readyMs: number | null = null;
  usable: readonly Peer[] = [];
  readonly #node: ClientNode;
  readonly #changed: () => void;
  #isOver = false;
  #sentMs = 0;
  #listed: ReadonlySet<string> = new Set();
  #authority: Authority = "stale";
  #sources: readonly Source[] = [];
  #changes: SeenChange[] = [];

  constructor(options: {
    readonly node: ClientNode;
    readonly instance: string;
    readonly services: readonly string[];
    /** Names of the registrars it follows. */
    readonly registrars: readonly string[];
    readonly isNamed: boolean;
    readonly nowMs: number;
    /** Something in this book is different. */
    readonly changed: (book: ConsumerBook) => void;
  }) {
    this.node = options.node.name;
    this.instance = options.instance;
    this.services = options.services;
    this.isNamed = options.isNamed;
    this.bornMs = options.nowMs;
    this.#node = options.node;
    this.#changed = () => options.changed(this);
    this.lines = new Map(
      options.registrars.map((name, source) => [name, new ConsumerLineBook(source, this.#changed)]),
    );
    this.#changed();
  }

  get isOver(): boolean {
    return this.#isOver;
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
  lists({ instance }: Pick<Peer, "instance">): boolean {
    return this.#listed.has(instance);
  }

  ends(): void {
    this.#isOver = true;
    this.#changed();
  }

  /** Takes the list as it is now, as the observables of the real client do, and says what changed. */
  look(at: { readonly nowMs: number; readonly sentMs: number }): Look | null {
    if (!this.#node.client.isReady) return null;
    const { listing } = this.#node;
    const { lister } = this.#node.client;
    const isFirst = this.readyMs === null;
    const changes = lister.changes(isFirst ? null : this.usable, listing);
    lister.remember(changes);
    this.readyMs ??= at.nowMs;
    const before = this.#sources;
    this.usable = listing.usable;
    this.#listed = new Set(listing.usable.map((peer) => peer.instance));
    this.#authority = listing.authority;
    this.#sources = listing.sources;
    this.#noteReady(at.nowMs);
    // What made the difference may be an earlier word, of another registrar, that was not heard then.
    this.#sentMs = Math.max(this.#sentMs, at.sentMs);
    const sentMs = this.lines.size > 1 ? this.#sentMs : at.sentMs;
    const seen = changes.map((change) => ({ atMs: at.nowMs, sentMs, change }));
    this.#changes.push(...seen);
    if (this.#changes.length > 2 * CHANGES_MAX) this.#changes = this.#changes.slice(-CHANGES_MAX);
    this.#changed();
    return { listing, seen, isFirst, before };
  }

  #noteReady(nowMs: number): void {
    for (const line of this.lines.values()) {
      if (line.readyMs !== null) continue;
      const isHeard = this.#sources.some(
        ({ source, epoch }) => source === line.source && epoch !== null,
      );
      if (isHeard) line.readyMs = nowMs;
    }
  }
}
