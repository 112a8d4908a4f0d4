import { Observable, Subject } from "rxjs";
import { changesBetween, comparePeers } from "../core/changes.ts";
import type { Change } from "../core/changes.ts";
import { causeOf, isUsable, toPeer } from "../core/peer.ts";
import type { Entry, LeftCause, Peer } from "../core/peer.ts";
import type { Surveyor } from "../core/surveyor.ts";
import type { View } from "../core/view.ts";

interface Known {
  readonly usable: readonly Peer[];
  /** Everyone listed, suspects and the draining included, by id and instance. */
  readonly listed: ReadonlySet<string>;
}

/** The registrar's own lists as a consumer would see them. Nothing is kept without a subscriber. */
export class RegistrarViews {
  readonly #surveyor: Surveyor;
  readonly #epoch: string;
  readonly #subject = new Subject<Change>();
  readonly #known = new Map<string, Known>();
  #isComplete = false;

  constructor(surveyor: Surveyor, epoch: string) {
    this.#surveyor = surveyor;
    this.#epoch = epoch;
  }

  readonly changes$: Observable<Change> = new Observable<Change>((subscriber) => {
    if (this.#isComplete) return subscriber.complete();
    if (!this.#subject.observed) this.#refresh();
    for (const { usable } of this.#known.values()) {
      for (const peer of usable) subscriber.next({ kind: "joined", peer, cause: "present" });
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
      peers: sorted(service, entries.values()),
      changes: [],
      sources: [{ registrar, service, epoch: this.#epoch, revision, authority }],
    };
  }

  /** A revision of this service was published. */
  changed(service: string): void {
    if (!this.#subject.observed) return;
    const before = this.#known.get(service);
    const after = this.#list(service);
    this.#known.set(service, after);
    const changes = changesBetween(before?.usable ?? [], after.usable, {
      whyLeft: (peer) => this.#whyLeft(peer),
      wasHere: (peer) => before?.listed.has(`${peer.id}\0${peer.instance}`) ?? false,
    });
    for (const change of changes) this.#subject.next(change);
  }

  complete(): void {
    this.#isComplete = true;
    this.#subject.complete();
  }

  #refresh(): void {
    this.#known.clear();
    for (const service of this.#surveyor.services) this.#known.set(service, this.#list(service));
  }

  #list(service: string): Known {
    const { entries } = this.#surveyor.published(service);
    const peers = sorted(service, entries.values());
    return {
      usable: peers.filter(isUsable),
      listed: new Set(peers.map((peer) => `${peer.id}\0${peer.instance}`)),
    };
  }

  #whyLeft(peer: Peer): { readonly peer: Peer; readonly cause: LeftCause } {
    const entry = this.#surveyor.published(peer.service).entries.get(peer.id);
    if (entry?.instance === peer.instance) {
      const now = toPeer(peer.service, entry);
      return { peer: now, cause: causeOf(now, entry.cause) };
    }
    const cause = this.#surveyor.causeOf(peer.service, peer.id, peer.instance) ?? "unknown";
    return { peer: { ...peer, standing: "gone" }, cause };
  }
}

function sorted(service: string, entries: Iterable<Entry>): Peer[] {
  return [...entries].map((entry) => toPeer(service, entry)).sort(comparePeers);
}
