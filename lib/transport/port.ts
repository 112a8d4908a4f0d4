import type { HandshakeFailure } from "./handshake.ts";

/**
 * What the shells need of a transport. ZeroMQ implements it; nothing above this folder imports
 * zeromq. Calls never throw because of the network, and handlers are never called from within a
 * call of theirs. Frames that were handed over must not be changed any more, since they are sent
 * without a copy.
 */

/** The sockets of either side. */
export type SocketName = "survey" | "roster";

/** What a registrar's sockets report. `route` names one connection of one client. */
export interface RegistrarHandlers {
  /** One message of one client, without its route. */
  readonly received: (route: string, frames: readonly Uint8Array[]) => void;
  /** The connection closed. Nothing comes from this route any more. */
  readonly disconnected: (route: string) => void;
  /** A send found no such connection. */
  readonly unreachable: (route: string) => void;
  /** A send was dropped because the client does not read. */
  readonly congested: (route: string) => void;
  readonly subscribed: (topic: string) => void;
  readonly unsubscribed: (topic: string) => void;
  /** Every connection to the roster was closed by us, and with them all subscriptions ended. */
  readonly cleared: () => void;
  /** A socket failed in a way that it cannot mend itself, or one of these handlers threw. */
  readonly failed: (error: unknown) => void;
}

export interface RegistrarEndpoints {
  readonly survey: string;
  readonly roster: string;
}

export interface RegistrarPort {
  /** As bound, with the ports that were chosen for port 0. */
  readonly endpoints: RegistrarEndpoints;
  send(route: string, frame: Uint8Array): void;
  /** `frames[0]` is the topic. */
  publish(frames: readonly Uint8Array[]): void;
  /** Frames from subscribers that were no subscriptions and are not reported. */
  readonly ignored?: number;
  /** How often the roster was bound anew because too much was subscribed. */
  readonly overflows?: number;
  /**
   * Closes the roster socket, which ends every connection to it, and binds it again: subscribers
   * that may connect come back by themselves. What is published meanwhile is lost. Never rejects.
   */
  renewRoster(): Promise<void>;
  /** Resolves when both endpoints can be bound again. */
  close(): Promise<void>;
}

export interface RegistrarPortOptions {
  /** Endpoints to bind; already validated. `tcp://host:0` and `tcp://*:port` are allowed. */
  readonly survey: string;
  readonly roster: string;
  /**
   * The greeting for every connection, made once the roster is bound. `survey` is as configured
   * here: its port may still be 0.
   */
  readonly welcome: (bound: RegistrarEndpoints) => Uint8Array;
  /**
   * Different topics that may be subscribed at one time. libzmq keeps about 50 bytes for each byte of
   * them and cannot close one connection, so when there are more, or when they are long, every
   * connection to the roster is closed: those who ask for little come back. Default 65,536.
   */
  readonly topicsMax?: number;
  /** Clients that are known otherwise: for each of them a little more may be subscribed. */
  readonly clients?: () => number;
  /** Closes connections whose path is dead; reclaims sockets only, so it lies above the survey bound. */
  readonly heartbeatTimeoutMs: number;
  /** False: no disconnect messages, so that surveys alone judge. Default true. */
  readonly disconnectMessages?: boolean;
  /** With keys both sockets are encrypted. */
  readonly keys?: RegistrarPortKeys | undefined;
}

/** Keys of a registrar's sockets, in Z85. */
export interface RegistrarPortKeys {
  readonly publicKey: string;
  readonly secretKey: string;
  /** Whether the holder of this public key, at this host, may connect. Must not throw. */
  readonly mayConnect: (socket: SocketName, key: Uint8Array, address: string) => boolean;
}

/** What a client's sockets report. */
export interface ClientHandlers {
  /** One frame from the registrar on the survey connection. */
  readonly received: (frame: Uint8Array) => void;
  /** The survey connection closed; the transport tries again by itself until `hangup`. */
  readonly lost: () => void;
  /** One message of the roster: topic first. */
  readonly published: (frames: readonly Uint8Array[]) => void;
  /** A socket cannot be made or connected or failed for good, or one of these handlers threw. */
  readonly failed: (error: unknown) => void;
  /**
   * A handshake came to nothing. Without keys it is noticed at the second and third attempt in silence
   * only, or at the fifth where the registrar was heard before, because it costs.
   */
  readonly unwelcome?: (socket: SocketName, failure: HandshakeFailure) => void;
}

export interface ClientPort {
  /**
   * Connects the survey socket; replaces an earlier endpoint. What was queued is discarded, but libzmq
   * lets go of a socket a moment later: should its connection be made within that moment, what
   * waited may yet arrive, and even after what is said on the new one.
   */
  dial(endpoint: string): void;
  /** Gives up the connection and all that is queued, as `dial` does. */
  hangup(): void;
  /**
   * The same, but the connection is left open for `detachMs`, or until the next `detach` or `close`; what
   * is queued in it may go out meanwhile, and what it brings is dropped.
   */
  detach(): void;
  send(frame: Uint8Array): void;
  /** Connects the roster socket; replaces an earlier endpoint; subscriptions stay. */
  follow(endpoint: string): void;
  unfollow(): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Messages that were not sent: not dialled, or the registrar does not read. */
  readonly dropped?: number;
  /** Sends what is queued for at most `lingerMs`, then leaves no socket behind. */
  close(lingerMs: number): Promise<void>;
}

export interface ClientPortOptions {
  readonly reconnectMinMs: number;
  /** How long a connection that is detached stays open. */
  readonly detachMs: number;
  readonly keys?: ClientPortKeys | undefined;
  /** Dialled at once, as the first `dial` would: the handshake is under way when that comes. */
  readonly ahead?: string | undefined;
}

/** Keys of a client's sockets, in Z85. */
export interface ClientPortKeys {
  readonly publicKey: string;
  readonly secretKey: string;
  /** The public key of the registrar. */
  readonly serverKey: string;
}
