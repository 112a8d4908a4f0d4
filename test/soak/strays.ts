/** The header of a request that says when it was given to a connection, in machine time. */
export const SENT_HEADER = "x-sent-ms";

/** Requests that reached a peer after it had left, with a proof that was complete. */
export interface Strays {
  readonly arrived: number;
  /** Of those, the ones that were sent only after the proof. */
  readonly sent: number;
}

/** One leave. */
export interface Departure {
  readonly tookMs: number;
  readonly isComplete: boolean;
  /** Consumers that were not heard of. */
  readonly missing: number;
}
