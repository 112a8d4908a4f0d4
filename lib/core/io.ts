import type { ErrorCode } from "./errors.ts";
import type {
  Authority,
  Exported,
  FromRegistrar,
  Proof,
  RosterMessage,
  ToRegistrar,
} from "./messages.ts";
import type { Card } from "./peer.ts";

/** Whose message it is. */
export interface Sender {
  readonly route: string;
  /** The key that speaks, where there are keys: several connections of one are one reporter. */
  readonly key?: string | undefined;
}

/** Whom a list knows by this name. */
export interface Named {
  readonly service: string;
  readonly id: string;
}

/** A member without a connection, and the key that spoke on its last one. */
export interface Away extends Named {
  readonly key: string;
}

/** What happens to a registrar. `route` is one connection, as the transport names it. */
export type SurveyorInput =
  | ({ readonly kind: "received"; readonly message: ToRegistrar } & Sender)
  | ({ readonly kind: "disconnected" } & Sender)
  | { readonly kind: "subscribed"; readonly topic: string }
  | { readonly kind: "unsubscribed"; readonly topic: string }
  /** Every subscription ended at once. */
  | { readonly kind: "cleared" }
  /** Whoever speaks on this connection has no right to any more. */
  | { readonly kind: "expelled"; readonly route: string }
  /** The key of a member that has no connection was taken off the list. */
  | ({ readonly kind: "struck" } & Named)
  | { readonly kind: "wake" };

/** What a registrar does. */
export type SurveyorEffect =
  | { readonly kind: "survey"; readonly round: number; readonly routes: readonly string[] }
  | { readonly kind: "reply"; readonly route: string; readonly message: FromRegistrar }
  | { readonly kind: "publish"; readonly topic: string; readonly message: RosterMessage }
  | { readonly kind: "authority"; readonly authority: Authority }
  | { readonly kind: "note"; readonly event: string; readonly detail: string };

/** What happens to a client. `source` is the place of a registrar in the client's list. */
export type ClientInput =
  | { readonly kind: "start" }
  | { readonly kind: "received"; readonly source: number; readonly message: FromRegistrar }
  | { readonly kind: "lost"; readonly source: number }
  | {
      readonly kind: "published";
      readonly source: number;
      readonly topic: string;
      readonly message: RosterMessage;
    }
  /** From now on the roster is followed. */
  | { readonly kind: "follow" }
  /** With `proofMs` above 0, consumers are to acknowledge it within that time. */
  | { readonly kind: "update"; readonly card: Card; readonly proofMs: number }
  | { readonly kind: "leave"; readonly proofMs: number }
  /** The listing that was made last is what subscribers have. */
  | { readonly kind: "emitted" }
  | {
      readonly kind: "report";
      readonly service: string;
      readonly id: string;
      readonly instance: string;
      readonly isUnreachable: boolean;
    }
  | {
      readonly kind: "explain";
      readonly token: number;
      readonly service: string;
      readonly id: string;
    }
  /** Asks one registrar for a page of its record. */
  | {
      readonly kind: "export";
      readonly source: number;
      readonly token: number;
      readonly service: string;
      readonly after: number;
    }
  | { readonly kind: "wake" };

/** What a client does. */
export type ClientEffect =
  /** Connect the survey socket anew. */
  | { readonly kind: "dial"; readonly source: number }
  | { readonly kind: "hangup"; readonly source: number }
  /** Hang up, but a while later: by then the next connection may have taken over. */
  | { readonly kind: "detach"; readonly source: number }
  | { readonly kind: "send"; readonly source: number; readonly message: ToRegistrar }
  /** Connect the roster socket anew; null is the endpoint the client was given. */
  | { readonly kind: "follow"; readonly source: number; readonly roster: string | null }
  | { readonly kind: "subscribe"; readonly source: number; readonly topic: string }
  | { readonly kind: "unsubscribe"; readonly source: number; readonly topic: string }
  /** The list or how far it is trusted may differ now. */
  | { readonly kind: "changed" }
  | { readonly kind: "connection"; readonly connection: Connection }
  | { readonly kind: "accepted"; readonly source: number }
  /** A connection on which we were greeted is gone, or does not know who leaves: what we asked for there will not come. */
  | { readonly kind: "lost"; readonly source: number }
  | {
      readonly kind: "refused";
      readonly source: number;
      readonly code: ErrorCode;
      readonly text: string;
      /** Every registrar refused for good. */
      readonly final: boolean;
    }
  | {
      readonly kind: "recorded";
      readonly source: number;
      readonly edition: number;
      readonly revision: number;
    }
  | {
      readonly kind: "left";
      readonly source: number;
      readonly revision: number;
      readonly named: number;
      readonly anonymous: number;
    }
  | (Proof & { readonly source: number })
  | {
      readonly kind: "explanation";
      readonly source: number;
      readonly token: number;
      readonly found: boolean;
      readonly json: string;
    }
  | (Exported & { readonly source: number })
  | { readonly kind: "note"; readonly event: string; readonly detail: string };

/** How a client stands with its registrars: the best of them counts. `sinceMs` is machine time. */
export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "stale"; readonly sinceMs: number }
  | { readonly kind: "refused"; readonly code: ErrorCode };

/** What reaches a registrar: somebody waits for it there. */
export type Transmission = Extract<ClientEffect, { readonly kind: TransmissionKind }>;
type TransmissionKind =
  | "dial"
  | "hangup"
  | "detach"
  | "send"
  | "follow"
  | "subscribe"
  | "unsubscribe";

const TRANSMISSIONS: Readonly<Record<TransmissionKind, true>> = {
  dial: true,
  hangup: true,
  detach: true,
  send: true,
  follow: true,
  subscribe: true,
  unsubscribe: true,
};

export function isTransmission(effect: ClientEffect): effect is Transmission {
  return effect.kind in TRANSMISSIONS;
}
