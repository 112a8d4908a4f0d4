import type { Observer, Socket } from "zeromq";

/** Why a handshake came to nothing, as far as a client can see. */
export type HandshakeFailure =
  /** The registrar does not list our key. */
  | "denied"
  /** One side has keys and the other has none. */
  | "mismatch"
  /** The other side hung up, as a registrar does whose public key is another one. */
  | "broken";

/**
 * Tells of failed handshakes until the socket ends; then the promise resolves. Undefined where
 * there can be no monitor. libzmq itself is
 * silent after the first two, for ever. The monitor triples what a socket costs, and it must not be
 * closed earlier: libzmq would wait for a reader of its events.
 */
export function watchHandshakes(
  socket: Socket,
  failed: (failure: HandshakeFailure) => void,
): Promise<void> | undefined {
  try {
    return follow(socket.events, failed);
  } catch {
    // No files are left for a monitor; then nobody is told, and the silence is noticed in time.
    return undefined;
  }
}

async function follow(
  observer: Observer,
  failed: (failure: HandshakeFailure) => void,
): Promise<void> {
  try {
    for (;;) {
      const event = await observer.receive();
      if (event.type === "end") return;
      const failure = failureOf(event);
      if (failure !== undefined) failed(failure);
    }
  } catch {
    // The monitor was closed under us.
  }
}

function failureOf(event: { readonly type: string; readonly error?: unknown }) {
  switch (event.type) {
    case "handshake:error:auth":
      return "denied";
    case "handshake:error:protocol":
      return isMismatch(event.error) ? "mismatch" : "broken";
    case "handshake:error:other":
      return "broken";
    default:
      return undefined;
  }
}

function isMismatch(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_ZMTP_MECHANISM_MISMATCH";
}
