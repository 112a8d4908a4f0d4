import { Context, Dealer, Publisher, Router, Subscriber } from "zeromq";

/*
 * The floor: what a program without Rollcall would do over ZeroMQ, with nothing decoded, nothing
 * judged and nothing remembered. Its sockets are those of a careful program, not crippled ones.
 */

const ZMQ_DISCONNECT_MSG = 111;
const SOCKETS_MAX = 65_535;

/** What the floor's hub receives in place of a message when a connection closes. */
export const GONE = "gone";
/** As long as an answer to a survey. */
export const ANSWER_BYTES = 24;
/** The topic of the floor. */
export const TOPIC = "t";

const context = new Context({ blocky: false, maxSockets: SOCKETS_MAX });

/** A ROUTER that is told of closed connections. */
class HubRouter extends Router {
  reportDisconnects(): void {
    this.setStringOption(ZMQ_DISCONNECT_MSG, GONE);
  }
}

export function hubRouter(): HubRouter {
  const router = new HubRouter({
    context,
    linger: 0,
    mandatory: true,
    sendTimeout: 0,
    backlog: 4096,
  });
  router.reportDisconnects();
  return router;
}

export function hubPublisher(): Publisher {
  return new Publisher({ context, linger: 0, sendTimeout: 0, backlog: 4096 });
}

export function bareDealer(): Dealer {
  return new Dealer({ context, linger: 0, sendTimeout: 0 });
}

export function bareSubscriber(): Subscriber {
  return new Subscriber({ context, linger: 0 });
}

/** Hands on every message of a socket until it is closed or fails. */
export async function readAll(
  socket: AsyncIterable<readonly Buffer[]>,
  handle: (frames: readonly Buffer[]) => void,
): Promise<void> {
  try {
    for await (const frames of socket) handle(frames);
  } catch {
    // A socket that closes ends its reader.
  }
}
