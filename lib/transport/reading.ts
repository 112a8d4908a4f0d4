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

/**
 * Hands on every message until the socket is closed; the promise never rejects. A handler that
 * throws costs its message and no more.
 */
export async function readUntilClosed(socket: Readable, reader: Reader): Promise<void> {
  const turn = new Turn();
  while (!socket.closed) {
    if (turn.isOver) await new Promise((resolve) => setImmediate(resolve));
    let frames: readonly Uint8Array[];
    try {
      frames = await socket.receive();
    } catch (error) {
      if (isOver(socket, reader, error)) return;
      continue;
    } finally {
      turn.asked();
    }
    // A close may deliver one last message to the waiting receive; nobody wants it any more.
    if (socket.closed) return;
    attempt(() => reader.message(frames), reader.failed);
  }
}

/**
 * How long it has been asked for messages since the event loop came round. The loop itself has to tell: a wait that
 * seems long may be that of a process that was not given the processor.
 */
class Turn {
  #sinceMs: number | undefined;
  readonly #end = (): void => {
    this.#sinceMs = undefined;
  };

  get isOver(): boolean {
    return this.#sinceMs !== undefined && performance.now() - this.#sinceMs > TURN_MS;
  }

  asked(): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = performance.now();
    setImmediate(this.#end).unref();
  }
}

/** zeromq ends a waiting receive with EAGAIN when the socket is closed, and now and then before. */
function isOver(socket: Readable, reader: Reader, error: unknown): boolean {
  if (socket.closed) return true;
  if (errnoOf(error) === "EAGAIN") return false;
  attempt(() => reader.failed(error));
  return true;
}
