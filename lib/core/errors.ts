/**
 * Every error Rollcall can raise, with what a caller needs in order to react: whether trying again
 * may help, the HTTP status a gateway should answer, and the exit code of the command line
 * (sysexits.h where one fits).
 */
export const ERRORS = {
  ERR_OPTION: {
    retryable: false,
    http: 400,
    exit: 64,
    text: "an option has a value it cannot have",
  },
  ERR_ENDPOINT: {
    retryable: false,
    http: 400,
    exit: 64,
    text: "an endpoint is not tcp://host:port or ipc://path",
  },
  ERR_CONFIG: {
    retryable: false,
    http: 400,
    exit: 78,
    text: "the configuration file or environment cannot be used",
  },
  ERR_NEEDS_SURVEY: {
    retryable: false,
    http: 400,
    exit: 64,
    text: "this needs the registrar's survey endpoint, not the roster alone",
  },
  ERR_ADDRESS_IN_USE: {
    retryable: true,
    http: 503,
    exit: 69,
    text: "another socket is bound to this endpoint",
  },
  ERR_BIND: { retryable: false, http: 500, exit: 69, text: "the endpoint cannot be bound" },
  ERR_UNREACHABLE: { retryable: true, http: 503, exit: 69, text: "no registrar answers" },
  ERR_VERSION: {
    retryable: false,
    http: 400,
    exit: 76,
    text: "the other side speaks no protocol version that we speak",
  },
  ERR_ID_TAKEN: { retryable: false, http: 409, exit: 73, text: "a living process holds this id" },
  ERR_REPLACED: {
    retryable: false,
    http: 409,
    exit: 73,
    text: "another process took over this id",
  },
  ERR_LIMIT: { retryable: true, http: 503, exit: 75, text: "a limit of the registrar is reached" },
  ERR_SAME_REGISTRAR: {
    retryable: true,
    http: 503,
    exit: 64,
    text: "two of the endpoints given lead to one registrar",
  },
  ERR_NOT_AUTHORISED: {
    retryable: true,
    http: 403,
    exit: 77,
    text: "the registrar does not let in this key, or a client without one",
  },
  ERR_NOT_FOUND: { retryable: false, http: 404, exit: 66, text: "nothing is known by this name" },
  ERR_WIRE: {
    retryable: false,
    http: 400,
    exit: 65,
    text: "these bytes are not a message of this protocol",
  },
  ERR_TIMEOUT: {
    retryable: true,
    http: 504,
    exit: 75,
    text: "the time given for this wait has passed",
  },
  ERR_ABORTED: {
    retryable: true,
    http: 503,
    exit: 130,
    text: "the wait was aborted by its signal",
  },
  ERR_CLOSED: { retryable: false, http: 503, exit: 69, text: "the handle is closed" },
  ERR_NO_PEER: { retryable: true, http: 503, exit: 69, text: "no peer can take this work" },
  ERR_NEEDS_PACKAGE: {
    retryable: false,
    http: 500,
    exit: 69,
    text: "an optional package is not installed",
  },
} as const;

/** The stable name of an error: compare this, never the message. */
export type ErrorCode = keyof typeof ERRORS;

/** The one error class. `code` is stable; `message` is for people and may change. */
export class RollcallError extends Error {
  override readonly name = "RollcallError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string, options?: { readonly cause?: unknown }) {
    super(detail === undefined ? ERRORS[code].text : `${ERRORS[code].text}: ${detail}`, options);
    this.code = code;
  }

  /** True where the same call may succeed later without a change by the caller. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** The status an HTTP gateway answers with. */
  get http(): number {
    return ERRORS[this.code].http;
  }

  /** The exit code of the command line. */
  get exit(): number {
    return ERRORS[this.code].exit;
  }
}

/** True for a code of this table; codes arrive over the network as text. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}
