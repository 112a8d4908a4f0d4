import type { Observable, Subscription } from "rxjs";
import { isUsable } from "../core/peer.ts";
import type { Endpoint, Peer } from "../core/peer.ts";
import { checkOptions } from "../host/check.ts";
import { Arrival } from "./arrival.ts";
import type { AvailableOptions } from "./arrival.ts";
import type { Lease } from "./lease.ts";
import { settingsOf } from "./options.ts";
import type { BalancerOptions, BalancerSettings } from "./options.ts";
import { Picker } from "./picker.ts";
import type { PeerReport } from "./picker.ts";
import { isSource } from "./source.ts";
import type { PeerSource } from "./source.ts";
import { Witness } from "./witness.ts";

/** Bounds of a wait for a peer, and the key to pick it by. */
export interface PickOptions extends AvailableOptions {
  readonly key?: string | undefined;
}

/** Chooses peers and learns from what comes of it. */
export interface Balancer extends AsyncDisposable {
  /** The usable peers of the latest list; empty before the first. */
  readonly peers: readonly Peer[];
  /**
   * Chooses a peer; the caller reports with `done` on what it gets. `key` is needed by the strategy
   * `hash` alone; `avoid` excludes peers. Throws `ERR_NO_PEER` where nobody is left, `ERR_CLOSED`.
   */
  pick(key?: string, avoid?: (peer: Peer) => boolean): Lease;
  /** As `pick`, but waits while there is nobody; rejects with `ERR_NO_PEER` at the deadline. */
  pickWhenAvailable(options?: PickOptions): Promise<Lease>;
  /** Resolves when there is a peer to pick; rejects with `ERR_NO_PEER`, `ERR_ABORTED`, `ERR_CLOSED`. */
  ready(options?: AvailableOptions): Promise<void>;
  /** What is known of each peer, in the order of the list. */
  report(): readonly PeerReport[];
  /** Idempotent; leases may still be done. Whoever made the observable closes it. */
  close(): Promise<void>;
}

const READY = { deadlineMs: true, signal: true } satisfies Record<keyof AvailableOptions, true>;
const PICK = { ...READY, key: true } satisfies Record<keyof PickOptions, true>;

/**
 * A balancer over a list of peers, such as `watcher.peers$`, or over a watcher. Peers of the list that
 * are draining, critical or suspect are left out. What was learned of a peer stays when others come and
 * go; a restarted peer starts afresh. When the observable ends or fails the last list stays. Ejections
 * have no timers: they end with the first pick after their time.
 *
 * Given a watcher, it tells the registrars of peers that were ejected because no connection to their
 * first endpoint can be made, and of those that can be reached again. Throws `ERR_OPTION`.
 */
export function balancer(
  from: Observable<readonly Peer[]> | PeerSource,
  options: BalancerOptions = {},
): Balancer {
  if (!isSource(from)) return openBalancer(from, options);
  return openBalancer(from.peers$, options, new Witness(from, firstEndpointOf));
}

/** As `balancer`, with a witness of one's own, which it closes. */
export function openBalancer(
  peers$: Observable<readonly Peer[]>,
  options: BalancerOptions,
  witness?: Witness,
): Balancer {
  const settings = settingsOf(options);
  const { onUnreachable } = settings;
  const tell = (peer: Peer, isUnreachable: boolean): void => {
    if (isUnreachable) witness?.doubt(peer);
    onUnreachable(peer, isUnreachable);
  };
  const handle = new BalancerHandle({ ...settings, onUnreachable: tell }, witness);
  handle.follow(peers$);
  return handle;
}

function firstEndpointOf({ endpoints: [first] }: Peer): Endpoint | undefined {
  return first === undefined || first.port === 0 || first.host === "" ? undefined : first;
}

/** Is a picker instead of having one: a pick costs little more than its calls. */
class BalancerHandle extends Picker implements Balancer {
  readonly #arrival = new Arrival();
  readonly #witness: Witness | undefined;
  #subscription: Subscription | null = null;
  #peers: readonly Peer[] = [];

  constructor(settings: BalancerSettings, witness?: Witness) {
    super(settings);
    this.#witness = witness;
  }

  get peers(): readonly Peer[] {
    return this.#peers;
  }

  follow(peers$: Observable<readonly Peer[]>): void {
    this.#subscription = peers$.subscribe({
      next: (peers) => {
        // A list that was made from `view$` may have draining and suspect ones as well.
        this.#peers = peers.every(isUsable) ? peers : peers.filter(isUsable);
        this.list(this.#peers);
        this.#arrival.isHere = this.hasOpen;
      },
      // An observable of others may fail; the last list stays, as it does when it ends.
      error: () => {},
    });
  }

  async pickWhenAvailable(options: PickOptions = {}): Promise<Lease> {
    checkOptions("pickWhenAvailable", options, PICK);
    const { key, ...bounds } = options;
    await this.#arrival.wait(bounds);
    return this.pick(key);
  }

  async ready(options: AvailableOptions = {}): Promise<void> {
    checkOptions("ready", options, READY);
    await this.#arrival.wait(options);
  }

  async close(): Promise<void> {
    this.#subscription?.unsubscribe();
    this.stop();
    this.#witness?.close();
    this.#arrival.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
