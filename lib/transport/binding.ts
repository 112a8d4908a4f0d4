import { lstatSync, type Stats, unlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "zeromq";
import { RollcallError } from "../core/errors.ts";
import { closeFully } from "./closing.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import { errnoOf } from "./guard.ts";

const PROBE_TIMEOUT_MS = 1000;

/** A socket that is bound. */
export interface Bound<S extends Socket> {
  readonly socket: S;
  /** As bound, with the port that was chosen for port 0. */
  readonly endpoint: string;
  /** Removes the path of an `ipc` endpoint. Call it while the socket is still open. */
  readonly release: () => void;
}

/**
 * Makes a socket and binds it; if that fails nothing is left. `name` is the option that the
 * endpoint comes from. A host name is bound at its IPv4 address.
 *
 * @throws RollcallError `ERR_ADDRESS_IN_USE` or `ERR_BIND`
 */
export async function openBound<S extends Socket>(
  make: () => S,
  endpoint: Endpoint,
  name: string,
): Promise<Bound<S>> {
  const socket = makeSocket(make, name);
  try {
    return await bind(socket, endpoint, name);
  } catch (error) {
    await closeFully(socket, 0);
    throw error;
  }
}

/** Fails where no files are left, or where libzmq was built without the draft options. */
function makeSocket<S>(make: () => S, name: string): S {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RollcallError("ERR_BIND", `${name}: no socket can be made: ${why}`, { cause: error });
  }
}

async function bind<S extends Socket>(
  socket: S,
  endpoint: Endpoint,
  name: string,
): Promise<Bound<S>> {
  const text = formatEndpoint(endpoint);
  if (endpoint.kind === "ipc") await assertFree(endpoint.path, `${name} ${text}`);
  try {
    await socket.bind(text);
  } catch (error) {
    throw bindError(error, `${name} ${text}`);
  }
  const release = endpoint.kind === "ipc" ? pathRemover(endpoint.path) : nothing;
  return { socket, endpoint: socket.lastEndpoint ?? text, release };
}

function bindError(error: unknown, what: string): RollcallError {
  const errno = errnoOf(error);
  if (errno === "EADDRINUSE")
    return new RollcallError("ERR_ADDRESS_IN_USE", what, { cause: error });
  const why = error instanceof Error ? error.message : String(error);
  return new RollcallError(
    "ERR_BIND",
    `${what}: ${errno === undefined ? why : `${errno}, ${why}`}`,
    { cause: error },
  );
}

/**
 * libzmq deletes whatever lies at the path before it binds: the path of a living registrar, which
 * would go on unheard, or any file of the user's. Two processes that start within the same
 * millisecond can still both find the path free.
 */
async function assertFree(path: string, what: string): Promise<void> {
  // Abstract names are no files; the kernel refuses a second bind by itself.
  if (path.startsWith("@")) return;
  const entry = statOf(path);
  if (entry === undefined) return;
  if (!entry.isSocket())
    throw new RollcallError("ERR_BIND", `${what}: something else lies at this path`);
  if (await answers(path)) throw new RollcallError("ERR_ADDRESS_IN_USE", what);
}

/** False only where the kernel says that nobody listens: what cannot be probed is left alone. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    const finish = (alive: boolean): void => {
      probe.destroy();
      resolve(alive);
    };
    probe.setTimeout(PROBE_TIMEOUT_MS, () => finish(true));
    probe.once("connect", () => finish(true));
    probe.once("error", (error) =>
      finish(!["ECONNREFUSED", "ENOENT"].includes(errnoOf(error) ?? "")),
    );
  });
}

/**
 * libzmq leaves the path behind. It is removed before the socket closes: as long as we listen
 * nobody else takes the path, so this cannot remove the path of a successor. The inode tells
 * whether somebody took it by force.
 */
function pathRemover(path: string): () => void {
  if (path.startsWith("@")) return nothing;
  const inode = statOf(path)?.ino;
  return () => {
    if (inode === undefined || statOf(path)?.ino !== inode) return;
    try {
      unlinkSync(path);
    } catch {
      // A path that stays is stale, and the next registrar binds over it.
    }
  };
}

/** Undefined where nothing lies or where we may not look; then binding fails and says why. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function nothing(): void {
  // A port needs no removing.
}
