import { attempt, errnoOf } from "./guard.ts";

/** What a read loop needs of a socket. */
export interface Readable {
  readonly closed: boolean;
  receive(): Promise<readonly Uint8Array[]>;
}

/** What a read loop does with what it gets. */
export interface Reader {
  readonly message: (frames: readonly Uint8Array[]) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Hands on every message until the socket is closed; the promise never rejects. A handler that
 * throws costs its message and no more.
 */
export async function readUntilClosed(socket: Readable, reader: Reader): Promise<void> {
  while (!socket.closed) {
    const frames = await receiveOne(socket, reader);
    // A close may deliver one last message to the waiting receive; nobody wants it any more.
    if (frames === "end" || socket.closed) return;
    if (frames !== "again") attempt(() => reader.message(frames), reader.failed);
  }
}

async function receiveOne(
  socket: Readable,
  reader: Reader,
): Promise<readonly Uint8Array[] | "again" | "end"> {
  try {
    return await socket.receive();
  } catch (error) {
    // zeromq ends a waiting receive with EAGAIN when the socket is closed.
    if (socket.closed) return "end";
    if (errnoOf(error) === "EAGAIN") return "again";
    attempt(() => reader.failed(error));
    return "end";
  }
}
