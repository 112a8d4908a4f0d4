import { Context } from "zeromq";

/**
 * libzmq's own ceiling, in place of its default of 1,023: one process may hold hundreds of clients
 * with two sockets each, and closing takes two more for a moment. Costs under 1 MB; the limit on
 * open files comes first.
 */
const SOCKETS_MAX = 65_535;

let shared: Context | undefined;

/**
 * The one context of all sockets, with the I/O thread; made on first use, so that importing the
 * package starts nothing. This is the only module state of the transport.
 *
 * It is our own and not zeromq's global one, because an application may use zeromq besides us and
 * both would fight over the options. It holds no handle: the process ends by itself once all
 * sockets are closed. `blocky: false` makes a socket that somebody forgot cost nothing at exit;
 * every socket of ours sets a finite `linger` besides.
 *
 * Worker threads: each thread has a context of its own. A thread that ends while one of its
 * sockets waits in `receive()` aborts the whole process (zeromq 6.8.0), so await `close()` of
 * every handle before a worker ends, and do not `terminate()` it.
 */
export function sharedContext(): Context {
  shared ??= new Context({ blocky: false, maxSockets: SOCKETS_MAX });
  return shared;
}
