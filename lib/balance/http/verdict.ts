/**
 * What an error says of the peer. `refused`: no connection could be made and nothing was sent. `broken`:
 * the connection or the peer failed with the request. `ours`: the request itself or its caller failed.
 */
export type Verdict = "refused" | "broken" | "ours";

/** Methods that may be repeated: RFC 9110, section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
  "TRACE",
]);

/** Codes that say nothing of the peer though nothing was sent. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_ABORTED",
]);

const BROKEN: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** Answers by which a peer says that it cannot do its work. */
const FAILING_MIN = 502;
const FAILING_MAX = 504;

/** What to think of an error; `wasSent` is true once the request was given to a connection. */
export function verdictOf(error: unknown, wasSent: boolean): Verdict {
  const code = codeOf(error);
  if (!wasSent) return OWN_FAULTS.has(code) ? "ours" : "refused";
  return BROKEN.has(code) || code.startsWith("HPE_") ? "broken" : "ours";
}

/** True for methods that may be repeated without harm. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method.toUpperCase());
}

/** True for 502, 503 and 504. */
export function isFailing(status: number): boolean {
  return status >= FAILING_MIN && status <= FAILING_MAX;
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
