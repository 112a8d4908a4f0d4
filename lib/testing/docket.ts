import type { ConsumerFacts, PeerFacts } from "./facts.ts";

/**
 * What has changed in the books since the claims about pairs of a consumer and a peer were looked
 * at. Between two changes only time passes, and for that a claim says when it falls due.
 */
export class Docket {
  readonly #consumers = new Set<ConsumerFacts>();
  readonly #peers = new Set<PeerFacts>();
  #isAll = false;
  #isEmpty = true;

  /** True while nothing has changed. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** True where something changed that concerns every pair. */
  get isAll(): boolean {
    return this.#isAll;
  }

  get consumers(): ReadonlySet<ConsumerFacts> {
    return this.#consumers;
  }

  get peers(): ReadonlySet<PeerFacts> {
    return this.#peers;
  }

  all(): void {
    this.#isAll = true;
    this.#isEmpty = false;
  }

  consumer(consumer: ConsumerFacts): void {
    this.#consumers.add(consumer);
    this.#isEmpty = false;
  }

  /** A peer, and with it all runs that claim its id. */
  peer(peer: PeerFacts): void {
    for (const run of peer.namesakes) this.#peers.add(run);
    this.#isEmpty = false;
  }

  clear(): void {
    this.#consumers.clear();
    this.#peers.clear();
    this.#isAll = false;
    this.#isEmpty = true;
  }
}
