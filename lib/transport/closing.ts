import type { Observer, Socket } from "zeromq";

/**
 * libzmq ends a socket right after its linger, on a machine that is overloaded seconds later; this
 * only bounds the wait should it not. Long, because a monitor that is given up too early may keep
 * its socket, and what that is bound to, for ever.
 */
const GRACE_MS = 30_000;

/**
 * Closes a socket and resolves when libzmq has let go of it: its messages are sent or dropped and
 * what it was bound to can be bound again. Returning from `close()` or even from an awaited
 * `unbind()` does not mean that (saw: 4 to 19 of 200 rebinds failed).
 *
 * The monitor that tells is opened only here, because it would triple the cost of a living socket
 * and wake the event loop for every connection. Who has a monitor open already hands over the
 * promise that it has ended, because only one can read it.
 */
export async function closeFully(
  socket: Socket,
  lingerMs: number,
  monitored?: Promise<void>,
): Promise<void> {
  if (socket.closed) return;
  socket.linger = lingerMs;
  const observer = observe(socket);
  socket.close();
  if (observer === undefined) return;
  await (monitored === undefined
    ? ended(observer, lingerMs + GRACE_MS)
    : closedAfter(observer, lingerMs + GRACE_MS, monitored));
}

/** Waits for somebody else's reading to end, and ends it when it takes too long. */
async function closedAfter(
  observer: Observer,
  limitMs: number,
  monitored: Promise<void>,
): Promise<void> {
  const timer = setTimeout(() => observer.close(), limitMs);
  await monitored;
  clearTimeout(timer);
}

function observe(socket: Socket): Observer | undefined {
  try {
    return socket.events;
  } catch {
    // No sockets or files are left for a monitor. Closing matters more than knowing when.
    return undefined;
  }
}

async function ended(observer: Observer, limitMs: number): Promise<void> {
  const timer = setTimeout(() => observer.close(), limitMs);
  try {
    for (;;) {
      const event = await observer.receive();
      if (event.type === "end") return;
    }
  } catch {
    // The observer was closed by the timer.
  } finally {
    clearTimeout(timer);
  }
}
