import { ReplaySubject, type Subscription } from "rxjs";
import type { Dispatcher, Pool } from "undici";
import { RollcallError } from "../../core/errors.ts";
import { isUsable } from "../../core/peer.ts";
import type { Peer } from "../../core/peer.ts";
import { Deferred } from "../../host/wait.ts";
import { openBalancer, type Balancer } from "../balancer.ts";
import type { BalancerOptions } from "../options.ts";
import type { PeerSource } from "../source.ts";
import { endpointOf, urlOf, type UrlOptions } from "../url.ts";
import { Witness } from "../witness.ts";
import { Budget, type BudgetNumbers } from "./budget.ts";
import type { Attempt } from "./faces.ts";

/** What all services of a dispatcher share. */
export interface LineSettings {
  readonly balancer: BalancerOptions;
  readonly budget: BudgetNumbers;
  readonly retriesMax: number;
  readonly waitMs: number;
  readonly keyOf: (request: Dispatcher.DispatchOptions) => string | undefined;
  /** Which endpoint of a peer is used. */
  readonly url: UrlOptions;
  /** True for a peer that left the list because it is judged lost, not because it said so. */
  readonly isLost: (peer: Peer) => boolean;
  readonly openPool: (url: string) => Pool;
}

/** A request that can be sent elsewhere. */
interface Passenger {
  rescue(): void;
}

/** Connections to one peer, and what is under way on them. */
interface Post {
  readonly url: string;
  readonly pool: Pool;
  readonly passengers: Set<Passenger>;
}

/** One service: its balancer, and a pool of connections for each of its peers that was ever picked. */
export class Line {
  readonly balancer: Balancer;
  readonly budget: Budget;
  readonly retriesMax: number;
  readonly waitMs: number;
  readonly keyOf: LineSettings["keyOf"];
  readonly #service: string;
  readonly #settings: LineSettings;
  readonly #lists$ = new ReplaySubject<readonly Peer[]>(1);
  readonly #subscription: Subscription;
  /** By instance: another run of a peer has other connections. */
  readonly #posts = new Map<string, Post>();
  readonly #leaving = new Set<Pool>();
  #peers: readonly Peer[] | null = null;
  #listed = new Deferred<void>();

  constructor(service: string, source: PeerSource, settings: LineSettings) {
    this.#service = service;
    this.#settings = settings;
    this.budget = new Budget(settings.budget);
    this.retriesMax = settings.retriesMax;
    this.waitMs = settings.waitMs;
    this.keyOf = settings.keyOf;
    const witness = new Witness(source, (peer) => endpointOf(peer, settings.url));
    this.balancer = openBalancer(this.#lists$, settings.balancer, witness);
    this.#subscription = source.peers$.subscribe({
      next: (peers) => this.#list(peers),
      error: () => {},
    });
  }

  /** True where nobody is listed. */
  get isEmpty(): boolean {
    return this.#peers === null || this.#peers.length === 0;
  }

  send(
    passenger: Passenger,
    {
      peer,
      options,
      attempt,
    }: { peer: Peer; options: Dispatcher.DispatchOptions; attempt: Attempt },
  ): void {
    const post = this.#postOf(peer);
    post.passengers.add(passenger);
    post.pool.dispatch(options, attempt);
  }

  /** An attempt with this peer is over. */
  over(passenger: Passenger, peer: Peer): void {
    this.#posts.get(peer.instance)?.passengers.delete(passenger);
  }

  /** Resolves with the next list, or after this time; rejects when the line closes. */
  async nextList(withinMs: number): Promise<void> {
    const wait = new Deferred<void>();
    const timer = setTimeout(() => wait.resolve(), withinMs);
    this.#listed.promise.then(
      () => wait.resolve(),
      (error: unknown) => wait.reject(error),
    );
    await wait.promise.finally(() => clearTimeout(timer));
  }

  /** Why a request found nobody, after it has waited. */
  nobody(last: Error | undefined): RollcallError {
    const { waitMs } = this;
    const who = `service ${JSON.stringify(this.#service)}`;
    const why =
      this.#peers === null
        ? `no list of peers has come from the registrar within ${waitMs} ms`
        : this.isEmpty
          ? `${who} had no peer for ${waitMs} ms`
          : `no peer of ${who} could be reached within ${waitMs} ms`;
    return new RollcallError("ERR_NO_PEER", why, last === undefined ? {} : { cause: last });
  }

  /** Lets requests finish. */
  async close(): Promise<void> {
    await this.#stop((pool) => pool.close());
  }

  /** Ends requests with this error. */
  async destroy(error: Error | null): Promise<void> {
    await this.#stop((pool) => pool.destroy(error));
  }

  async #stop(end: (pool: Pool) => Promise<void>): Promise<void> {
    this.#subscription.unsubscribe();
    this.#listed.reject(new RollcallError("ERR_CLOSED"));
    await this.balancer.close();
    const pools = [...this.#leaving, ...[...this.#posts.values()].map(({ pool }) => pool)];
    this.#posts.clear();
    await Promise.all(pools.map(end));
  }

  #list(all: readonly Peer[]): void {
    const { url } = this.#settings;
    const isMine = (peer: Peer): boolean => peer.service === this.#service && isUsable(peer);
    const peers = all.filter((peer) => isMine(peer) && urlOf(peer, url) !== undefined);
    const before = this.#peers;
    if (before !== null && isSame(before, peers)) return;
    this.#peers = peers;
    this.#lists$.next(peers);
    const listed = new Map(peers.map((peer) => [peer.instance, peer]));
    for (const peer of before ?? []) {
      const now = listed.get(peer.instance);
      if (now === undefined || urlOf(now, url) !== urlOf(peer, url)) this.#drain(peer);
    }
    this.#listed.resolve();
    this.#listed = new Deferred<void>();
  }

  /** Connections to a peer that is gone take no new requests and close when theirs are done. */
  #drain(peer: Peer): void {
    const post = this.#posts.get(peer.instance);
    if (post === undefined) return;
    this.#posts.delete(peer.instance);
    this.#leaving.add(post.pool);
    void post.pool.close().then(() => this.#leaving.delete(post.pool));
    if (!this.#settings.isLost(peer)) return;
    for (const passenger of post.passengers) passenger.rescue();
  }

  #postOf(peer: Peer): Post {
    const known = this.#posts.get(peer.instance);
    if (known !== undefined) return known;
    const url = urlOf(peer, this.#settings.url);
    if (url === undefined) throw new RollcallError("ERR_NO_PEER", `${peer.id} has no endpoint`);
    const post: Post = { url, pool: this.#settings.openPool(url), passengers: new Set() };
    this.#posts.set(peer.instance, post);
    return post;
  }
}

function isSame(a: readonly Peer[], b: readonly Peer[]): boolean {
  return a.length === b.length && a.every((peer, at) => peer === b[at]);
}
