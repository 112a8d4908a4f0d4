import { Observable, Subject } from "rxjs";
import { comparePeers, isSameCard } from "../core/changes.ts";
import type { Change } from "../core/changes.ts";
import type { Delta, RosterChange } from "../core/messages.ts";
import { causeOf, isUsable, toPeer } from "../core/peer.ts";
import type { Entry, LeftCause, Peer } from "../core/peer.ts";
import type { Surveyor } from "../core/surveyor.ts";
import type { View } from "../core/view.ts";

/** Everyone listed under one service, suspects and the draining included, by id. */
type Listed = Map<string, Peer>;

/** The registrar's own lists as a consumer would see them. Nothing is kept without a subscriber. */
export class RegistrarViews {
  readonly #surveyor: Surveyor;
  readonly #epoch: string;
  readonly #subject = new Subject<Change>();
  readonly #known = new Map<string, Listed>();
  /** Published, and still to be told. */
  #untold: Delta[] = [];
  #isComplete = false;

  constructor(surveyor: Surveyor, epoch: string) {
    this.#surveyor = surveyor;
    this.#epoch = epoch;
  }

  readonly changes$: Observable<Change> = new Observable<Change>((subscriber) => {
    if (this.#isComplete) return subscriber.complete();
    if (!this.#subject.observed) this.#refresh();
    for (const listed of this.#known.values()) {
      for (const peer of [...listed.values()].filter(isUsable).sort(comparePeers)) {
        subscriber.next({ kind: "joined", peer, cause: "present" });
      }
    }
    return this.#subject.subscribe(subscriber);
  });

  view(service: string, registrar: string): View {
    const { revision, entries } = this.#surveyor.published(service);
    const { authority } = this.#surveyor;
    return {
      service,
      revision,
      asOf: Date.now(),
      authority,
      peers: peersOf(service, entries.values()).sort(comparePeers),
      changes: [],
      sources: [{ registrar, service, epoch: this.#epoch, revision, authority }],
      consumer: { kind: "anonymous" },
    };
  }

  /** A revision went out, in the midst of things: whoever listens may look at what comes of them. */
  published(delta: Delta): void {
    if (this.#subject.observed) this.#untold.push(delta);
  }

  /** Tells what was published, at the cost of what changed, however long the list. */
  tell(): void {
    if (this.#untold.length === 0) return;
    const untold = this.#untold;
    this.#untold = [];
    for (const delta of untold) this.#tell(delta);
  }

  #tell({ service, changes }: Delta): void {
    const listed = this.#known.get(service) ?? new Map<string, Peer>();
    this.#known.set(service, listed);
    for (const change of changes) {
      const told = apply(listed, service, change);
      if (told !== undefined) this.#subject.next(told);
    }
    if (listed.size === 0) this.#known.delete(service);
  }

  complete(): void {
    this.#isComplete = true;
    this.#subject.complete();
  }

  #refresh(): void {
    this.#known.clear();
    for (const service of this.#surveyor.services) {
      const peers = peersOf(service, this.#surveyor.published(service).entries.values());
      if (peers.length > 0) this.#known.set(service, new Map(peers.map((peer) => [peer.id, peer])));
    }
  }
}

function peersOf(service: string, entries: Iterable<Entry>): Peer[] {
  return [...entries].map((entry) => toPeer(service, entry));
}

/** Applies one published change to a list; undefined where no usable peer is touched. */
function apply(listed: Listed, service: string, change: RosterChange): Change | undefined {
  if (change.kind === "put") {
    const { entry, returned } = change;
    const was = listed.get(entry.id);
    const now = toPeer(service, entry);
    listed.set(entry.id, now);
    return between(was, now, { cause: entry.cause, returned });
  }
  const was = listed.get(change.id);
  if (was === undefined || was.instance !== change.instance) return undefined;
  const { cause } = change;
  if (change.kind === "gone") {
    listed.delete(change.id);
    const peer: Peer = { ...was, standing: "gone" };
    return isUsable(was) ? { kind: "left", peer, cause: change.cause } : undefined;
  }
  const now: Peer = { ...was, standing: change.standing };
  listed.set(change.id, now);
  return between(was, now, { cause, returned: true });
}

/** What it means for users that one run is listed otherwise than before, or for the first time. */
function between(
  was: Peer | undefined,
  now: Peer,
  told: { readonly cause: LeftCause | null; readonly returned: boolean },
): Change | undefined {
  if (was !== undefined && isUsable(was)) {
    if (!isUsable(now)) return { kind: "left", peer: now, cause: causeOf(now, told.cause) };
    return isSameCard(was, now) ? undefined : { kind: "updated", peer: now, cause: "updated" };
  }
  if (!isUsable(now)) return undefined;
  const isBack = was !== undefined || told.returned;
  return { kind: "joined", peer: now, cause: isBack ? "returned" : "new" };
}
