import { connect } from "node:net";
import type { Endpoint } from "../core/peer.ts";

/**
 * What came of an attempt to connect. `unreachable`: refused, or nobody answered in time. `unknown`:
 * it failed for another reason, such as a name that cannot be resolved or too many open files here,
 * which says nothing of the peer.
 */
export type Finding = "reached" | "unreachable" | "unknown";

/** An attempt takes this long at most; the first retransmission of a connect comes after a second. */
export const KNOCK_MAX_MS = 2000;

const UNREACHABLE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ETIMEDOUT"]);

/** Makes a connection and closes it. Keeps no process alive; never rejects; `signal` ends it. */
export function knock({ host, port }: Endpoint, signal: AbortSignal): Promise<Finding> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const end = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    socket.unref();
    socket.setTimeout(KNOCK_MAX_MS, () => end("unreachable"));
    socket.once("connect", () => end("reached"));
    socket.once("close", () => resolve("unknown"));
    socket.on("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      end(UNREACHABLE.has(code) ? "unreachable" : "unknown");
    });
  });
}
