import { isIPv4, isIPv6 } from "node:net";
import { RollcallError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";

/** A place to bind or to connect to. An IPv6 host is kept without its brackets. */
export type Endpoint =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "ipc"; readonly path: string };

/** Binding allows the host `*` and the port 0, which make no sense to connect to. */
export type EndpointUse = "bind" | "connect";

const TCP = "tcp://";
const IPC = "ipc://";
const PORT_MAX = 65_535;
/** The kernel keeps 108 bytes for the path of a socket, one of them for the final NUL. */
const PATH_BYTES_MAX = 107;
const NAME_LENGTH_MAX = 253;
/** DNS names and names of network interfaces; an underscore occurs in container names. */
const NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;
/** Only an address can look like this, so a mistyped address is not taken for a name. */
const DIGITS_AND_DOTS = /^[0-9.]+$/;

/**
 * Reads an endpoint before any socket is made, because libzmq accepts nonsense such as port 99999
 * and then stays silent for ever. `name` is the option that a user has to correct.
 *
 * @throws RollcallError `ERR_ENDPOINT`
 */
export function parseEndpoint(text: unknown, use: EndpointUse, name: string): Endpoint {
  const refuse = (why: string): never => {
    const shown =
      typeof text === "string"
        ? JSON.stringify(text.slice(0, LIMITS.endpointBytesMax))
        : String(text);
    throw new RollcallError("ERR_ENDPOINT", `${name} is ${shown}: ${why}`);
  };
  if (typeof text !== "string") return refuse("it has to be a string");
  if (Buffer.byteLength(text) > LIMITS.endpointBytesMax) {
    return refuse(`it is longer than ${LIMITS.endpointBytesMax} bytes`);
  }
  if (text.startsWith(TCP)) return parseTcp(text.slice(TCP.length), use, refuse);
  if (text.startsWith(IPC)) return parseIpc(text.slice(IPC.length), refuse);
  return refuse("it begins with neither tcp:// nor ipc://");
}

/** The text that ZeroMQ understands. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "ipc") return `${IPC}${endpoint.path}`;
  const host = endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host;
  return `${TCP}${host}:${endpoint.port}`;
}

/** True where nobody outside this machine can connect. Names other than localhost may lead anywhere. */
export function isLoopback(endpoint: string): boolean {
  const parsed = parseEndpoint(endpoint, "bind", "endpoint");
  if (parsed.kind === "ipc") return true;
  const host = parsed.host.toLowerCase().replace(/^::ffff:/, "");
  if (isIPv4(host)) return host.startsWith("127.");
  return host === "::1" || host === "localhost" || host.endsWith(".localhost");
}

/**
 * Where to find what a registrar advertises: a registrar that is bound to every address of its
 * machine cannot know by which of them the client reached it, so the client keeps the host that it
 * dialled and takes the port.
 *
 * @throws RollcallError `ERR_ENDPOINT` where `advertised`, which came over the network, is unusable
 */
export function resolveAdvertised(advertised: string, dialled: string): string {
  const there = parseEndpoint(advertised, "bind", "the advertised roster");
  const via = parseEndpoint(dialled, "connect", "registrar");
  if (there.kind === "ipc" || !isWildcard(there.host)) {
    return formatEndpoint(parseEndpoint(advertised, "connect", "the advertised roster"));
  }
  // Whoever came over a local path is on the registrar's machine.
  const host = via.kind === "tcp" ? via.host : "127.0.0.1";
  const found = formatEndpoint({ kind: "tcp", host, port: there.port });
  return formatEndpoint(parseEndpoint(found, "connect", "the advertised roster"));
}

/** True for a host that has to be looked up, so that it may have addresses of both families. */
export function isName(host: string): boolean {
  return host !== "*" && !isIPv4(host) && !host.includes(":");
}

type Refuse = (why: string) => never;

function parseTcp(rest: string, use: EndpointUse, refuse: Refuse): Endpoint {
  const colon = rest.lastIndexOf(":");
  if (colon < 0 || rest.endsWith("]")) return refuse("the port is missing");
  const port = parsePort(rest.slice(colon + 1), use, refuse);
  return { kind: "tcp", host: parseHost(rest.slice(0, colon), use, refuse), port };
}

function parsePort(text: string, use: EndpointUse, refuse: Refuse): number {
  const min = use === "bind" ? 0 : 1;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port < min || port > PORT_MAX)
    return refuse(`the port has to be a number from ${min} to ${PORT_MAX}`);
  return port;
}

function parseHost(text: string, use: EndpointUse, refuse: Refuse): string {
  if (text === "") return refuse("the host is missing");
  if (text === "*") return use === "bind" ? text : refuse("* can be bound but not connected to");
  if (text.startsWith("[") && text.endsWith("]")) {
    const inner = text.slice(1, -1);
    return isIPv6(inner) ? inner : refuse("there is no IPv6 address in the brackets");
  }
  if (text.includes(":")) return refuse("an IPv6 address needs brackets");
  if (isIPv4(text)) return text;
  if (DIGITS_AND_DOTS.test(text)) return refuse("the host is neither a name nor an IPv4 address");
  if (text.length > NAME_LENGTH_MAX || !NAME.test(text)) return refuse("the host is not a name");
  return text;
}

function parseIpc(path: string, refuse: Refuse): Endpoint {
  if (path === "") return refuse("the path is missing");
  if (path === "*") return refuse("the path has to be named, because clients need to know it");
  if (path.includes("\0")) return refuse("the path contains NUL");
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    return refuse(`the path is longer than ${PATH_BYTES_MAX} bytes`);
  return { kind: "ipc", path };
}

/** `0.0.0.0`, `::` in any spelling, and the star. */
function isWildcard(host: string): boolean {
  return host === "*" || /^(::ffff:)?0\.0\.0\.0$/i.test(host) || /^(?=.*:)[0:]+$/.test(host);
}
