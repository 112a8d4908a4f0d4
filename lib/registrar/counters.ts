/** What a registrar counted since it started. */
export interface RegistrarCounters {
  readonly members: number;
  readonly consumers: number;
  readonly services: number;
  /** Frames that were no messages and no subscriptions and were dropped. */
  readonly malformed: number;
  /** Messages that wait while a crowd of newcomers is admitted; others do not wait behind them. */
  readonly waiting: number;
  /** Sends dropped because a client does not read. */
  readonly congested: number;
  /** Questions sent. */
  readonly surveys: number;
  /** Roster messages published. */
  readonly publications: number;
  /** Joins and watches refused for their id, version or name, or because a limit is reached. */
  readonly refused: number;
  /** Connections, joins and watches refused for their key, or for the secret of their instance. */
  readonly unauthorised: number;
  /** Survey connections still open whose key was taken off the list; they hear and say nothing. */
  readonly expelled: number;
  /** Times the roster was bound anew because too much was subscribed, see `topicsMax`. */
  readonly overflows: number;
}
