import { networkInterfaces } from "node:os";
import { RollcallError } from "../core/errors.ts";
import { isLoopback, parseEndpoint } from "../transport/endpoint.ts";

const LOOPBACK = "127.0.0.1";

/**
 * Where this process can be reached, where there is exactly one choice: loopback where every
 * registrar is dialled there, this host's own address where that is dialled, else the only one it
 * has. Throws `ERR_OPTION` with what there is.
 */
export function hostAddress(registrars: readonly string[]): string {
  const local = registrars.map(localHostOf);
  if (local.every((host) => host !== undefined)) {
    return local.find((host) => host !== LOOPBACK) ?? LOOPBACK;
  }
  const addresses = ownAddresses().filter(({ internal, family }) => !internal && family === "IPv4");
  const [only] = addresses;
  if (only !== undefined && addresses.length === 1) return only.address;
  const found = addresses.length === 0 ? "none" : addresses.map((a) => a.address).join(", ");
  throw new RollcallError("ERR_OPTION", `address is not given and this host has ${found}`);
}

/** Nobody on another machine can reach a peer at a loopback address; throws `ERR_OPTION`. */
export function refuseLoopback(host: string, registrars: readonly string[]): void {
  if (!(host === "localhost" || host === "::1" || host.startsWith("127."))) return;
  if (registrars.every((endpoint) => localHostOf(endpoint) !== undefined)) return;
  throw new RollcallError(
    "ERR_OPTION",
    `address ${host} cannot be reached from other machines, but the registrar is on one`,
  );
}

/** The address of this machine at which it is dialled; undefined for another machine. */
function localHostOf(endpoint: string): string | undefined {
  if (isLoopback(endpoint)) return LOOPBACK;
  const parsed = parseEndpoint(endpoint, "connect", "registrar");
  if (parsed.kind !== "tcp") return LOOPBACK;
  if (parsed.host === "0.0.0.0" || parsed.host === "::") return LOOPBACK;
  return ownAddresses().some(({ address }) => address === parsed.host) ? parsed.host : undefined;
}

function ownAddresses(): readonly {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}[] {
  return Object.values(networkInterfaces()).flatMap((list) => list ?? []);
}
