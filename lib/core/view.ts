import type { Change } from "./changes.ts";
import type { Authority } from "./messages.ts";
import type { Peer } from "./peer.ts";

/** One registrar's part in a view. */
export interface ViewSource {
  /** The endpoint it was asked at. */
  readonly registrar: string;
  readonly service: string;
  /** The registrar's run; null before its first word. */
  readonly epoch: string | null;
  /** Its count of this service's changes. */
  readonly revision: number;
  readonly authority: Authority;
}

/** How registrars know a consumer: by its survey connection, or not at all. */
export type Consumer =
  | {
      readonly kind: "named";
      /** Its number among the named consumers of its service, from 0; null until it is told. */
      readonly ordinal: number | null;
    }
  | { readonly kind: "anonymous" };

/** What a consumer holds: the list, and how far it can be trusted. */
export interface View {
  /** The service, several joined by commas, or `*`. */
  readonly service: string;
  /** Counts this consumer's own views; in a registrar's own view that of the service. */
  readonly revision: number;
  /** When the registrar last confirmed it, in milliseconds since 1970. */
  readonly asOf: number;
  /** That of the best source; of several services the least. */
  readonly authority: Authority;
  /** Alive and suspect ones, sorted by id. */
  readonly peers: readonly Peer[];
  /** What differs from this subscriber's last view, as far as usable peers are concerned. */
  readonly changes: readonly Change[];
  readonly sources: readonly ViewSource[];
  /** Who looks; the registrar's own views are anonymous. */
  readonly consumer: Consumer;
}
