import type { Observable } from "rxjs";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";

/** What a balancer or a dispatcher can use of a watcher. */
export interface PeerSource {
  readonly peers$: Observable<readonly Peer[]>;
  /** Tells those judged lost from those that said goodbye; without it no request is rescued. */
  readonly view?: View | undefined;
  /** Hears of peers to which no connection can be made; without it or `view` nobody is told. */
  readonly report?: ((peer: Peer, isUnreachable: boolean) => void) | undefined;
}

/** True for more than a list alone. */
export function isSource(given: Observable<readonly Peer[]> | PeerSource): given is PeerSource {
  return "peers$" in given;
}
