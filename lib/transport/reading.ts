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
 * zeromq hands on what is ready without giving the event loop a turn. After this long it gets one,
 * or a flood on one socket would keep timers and the other sockets waiting.
 */
const TURN_MS = 5;
/** What is ready comes at once; after a longer wait the event loop had its turn. */
const WAIT_MS = 1;

/**
 * Hands on every message until the socket is closed; the promise never rejects. A handler that
 * throws costs its message and no more.
 */
export async function readUntilClosed(socket: Readable, reader: Reader): Promise<void> {
  let turnMs = performance.now();
  while (!socket.closed) {
    let askedMs = performance.now();
    if (askedMs - turnMs > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      askedMs = performance.now();
      turnMs = askedMs;
    }
    let frames: readonly Uint8Array[];
    try {
      frames = await socket.receive();
      const readMs = performance.now();
      if (readMs - askedMs > WAIT_MS) turnMs = readMs;
    } catch (error) {
      if (isOver(socket, reader, error)) return;
      continue;
    }
    // A close may deliver one last message to the waiting receive; nobody wants it any more.
    if (socket.closed) return;
    attempt(() => reader.message(frames), reader.failed);
  }
}

/** zeromq ends a waiting receive with EAGAIN when the socket is closed, and now and then before. */
function isOver(socket: Readable, reader: Reader, error: unknown): boolean {
  if (socket.closed) return true;
  if (errnoOf(error) === "EAGAIN") return false;
  attempt(() => reader.failed(error));
  return true;
}
