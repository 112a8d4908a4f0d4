import type { experimental } from "@grpc/grpc-js";
import { servicesOf, targetsOf } from "../client/options.ts";
import { RollcallError } from "../core/errors.ts";

/** What a target asks for. */
export interface Target {
  readonly service: string;
  /** Survey endpoint that the target names; undefined takes that of the registration. */
  readonly registrar: string | undefined;
}

/**
 * Reads `rollcall:///orders`, `rollcall:orders` and `rollcall://10.0.0.1:5570/orders`, where the
 * authority is the survey endpoint of a registrar. A service with other characters is percent-encoded.
 * Throws `ERR_OPTION` or `ERR_ENDPOINT`: a wrong target is a mistake in the program, not a state of the network.
 */
export function targetOf({ authority, path, scheme = "" }: experimental.GrpcUri): Target {
  const service = decoded(path.replace(/^\/+/, ""));
  if (service === undefined || service === "") {
    const text = `the target ${scheme}:${path} names no service, as in ${scheme}:///orders`;
    throw new RollcallError("ERR_OPTION", text);
  }
  servicesOf(service, "the service of a target");
  if (authority === undefined || authority === "") return { service, registrar: undefined };
  const registrar = `tcp://${authority}`;
  targetsOf({ registrar });
  return { service, registrar };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
