import { mergeMap, Observable, ReplaySubject } from "rxjs";
import { isSameList } from "../core/changes.ts";
import type { Change } from "../core/changes.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Connection } from "../core/io.ts";
import type { Lister, Listing } from "../core/listing.ts";
import type { Peer } from "../core/peer.ts";
import type { Consumer, View } from "../core/view.ts";
import { wallOf } from "../host/clock.ts";

/** How a handle stands with its registrars; the best of them counts. */
export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** Lost; the list is kept. `since` is in milliseconds since 1970. */
  | { readonly kind: "stale"; readonly since: number }
  /** No registrar wants us; only with `ERR_NOT_AUTHORISED` it is tried again, at intervals. */
  | { readonly kind: "refused"; readonly code: ErrorCode }
  | { readonly kind: "closed" };

/** One listing with what turned the one before it into it. */
interface Step {
  readonly listing: Listing;
  readonly consumer: Consumer;
  readonly revision: number;
  /** When the listing was confirmed, in milliseconds since 1970: the same for all who are shown it. */
  readonly asOf: number;
  readonly before: readonly Peer[] | null;
  readonly changes: readonly Change[];
}

/**
 * The observables of one handle. All of them share one upstream, replay the latest to each
 * subscriber, never fail because of the network, and complete when the handle closes.
 */
export class Streams {
  readonly #lister: Lister;
  readonly #service: string;
  readonly #registrars: readonly string[];
  readonly #consumer: () => Consumer;
  readonly #shown = new ReplaySubject<readonly Peer[]>(1);
  readonly #steps = new ReplaySubject<Step>(1);
  readonly #connection = new ReplaySubject<ConnectionState>(1);
  /** As shown last; what is to be told of it may be still to come. */
  #listing: Listing | null = null;
  #latest: Step | null = null;

  constructor(options: {
    readonly lister: Lister;
    readonly services: readonly string[];
    readonly registrars: readonly string[];
    readonly consumer: () => Consumer;
  }) {
    this.#lister = options.lister;
    this.#service = options.services.join(",");
    this.#registrars = options.registrars;
    this.#consumer = options.consumer;
    this.#connection.next({ kind: "connecting" });
  }

  readonly connection$: Observable<ConnectionState> = new Observable((subscriber) =>
    this.#connection.subscribe(subscriber),
  );

  readonly peers$: Observable<readonly Peer[]> = new Observable((subscriber) =>
    this.#shown.subscribe(subscriber),
  );

  readonly view$: Observable<View> = new Observable<View>((subscriber) => {
    let last: readonly Peer[] | null = null;
    // Whoever comes in the midst of an emission begins with what was shown.
    this.tell();
    return this.#steps.subscribe({
      next: (step) => {
        const changes = this.#changesSince(last, step);
        last = step.listing.usable;
        subscriber.next(this.#view(step, changes));
      },
      complete: () => subscriber.complete(),
    });
  });

  readonly changes$: Observable<Change> = this.view$.pipe(mergeMap((view) => view.changes));

  /** The latest usable peers; empty before the first snapshot. */
  get peers(): readonly Peer[] {
    return this.#listing?.usable ?? [];
  }

  /**
   * The latest view, with the changes of its own step; empty and stale before the first snapshot. Between
   * a list and its view this emits the view first.
   */
  get view(): View {
    this.tell();
    if (this.#latest !== null) return this.#view(this.#latest, this.#latest.changes);
    const service = this.#service;
    return {
      service,
      revision: 0,
      asOf: 0,
      authority: "stale",
      peers: [],
      changes: [],
      sources: [],
      consumer: this.#consumer(),
    };
  }

  /** The lists may differ: emits the peers if they do. */
  show(): void {
    const before = this.#listing?.usable;
    const listing = this.#lister.list();
    const isUnchanged = before !== undefined && isSameList(before, listing.usable);
    this.#listing = isUnchanged ? { ...listing, usable: before } : listing;
    if (!isUnchanged) this.#shown.next(listing.usable);
  }

  /** What was shown may differ from what was told: emits the view, once, if it does. */
  tell(): void {
    const listing = this.#listing;
    const before = this.#latest?.listing ?? null;
    if (listing === null || listing === before) return;
    const changes = this.#lister.changes(before?.usable ?? null, listing);
    const consumer = this.#consumer();
    const isSameOne = ordinalOf(consumer) === ordinalOf(this.#latest?.consumer);
    if (before !== null && changes.length === 0 && isSameOne && isSame(before, listing)) return;
    this.#lister.remember(changes);
    this.#latest = {
      listing,
      consumer,
      revision: (this.#latest?.revision ?? 0) + 1,
      asOf: wallOf(listing.asOfMs),
      before: before?.usable ?? null,
      changes,
    };
    this.#steps.next(this.#latest);
  }

  connect(connection: Connection): void {
    this.#connection.next(
      connection.kind === "stale"
        ? { kind: "stale", since: wallOf(connection.sinceMs) }
        : connection,
    );
  }

  /** Completes everything. */
  complete(): void {
    this.tell();
    this.#connection.next({ kind: "closed" });
    this.#connection.complete();
    this.#shown.complete();
    this.#steps.complete();
  }

  #changesSince(last: readonly Peer[] | null, step: Step): readonly Change[] {
    return last === step.before ? step.changes : this.#lister.changes(last, step.listing);
  }

  #view(step: Step, changes: readonly Change[]): View {
    const { listing, revision, asOf, consumer } = step;
    return {
      service: this.#service,
      revision,
      asOf,
      authority: listing.authority,
      peers: listing.peers,
      changes,
      sources: listing.sources.map(({ source, ...rest }) => {
        return { registrar: this.#registrars[source] ?? "", ...rest };
      }),
      consumer,
    };
  }
}

function ordinalOf(consumer: Consumer | undefined): number | null {
  return consumer?.kind === "named" ? consumer.ordinal : null;
}

/** True where nothing that a view shows differs but the time it was confirmed. */
function isSame(a: Listing, b: Listing): boolean {
  return (
    a.authority === b.authority &&
    a.peers.length === b.peers.length &&
    a.peers.every((peer, i) => peer === b.peers[i]) &&
    a.sources.length === b.sources.length &&
    a.sources.every((source, i) => {
      const other = b.sources[i];
      return (
        source.epoch === other?.epoch &&
        source.revision === other.revision &&
        source.authority === other.authority &&
        source.service === other.service
      );
    })
  );
}
