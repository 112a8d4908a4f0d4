import type { Endpoint } from "../../index.ts";

const SHAPE =
  /^(?<protocol>[^:/?#]+):\/\/(?:\[(?<bracketed>[^\]]+)\]|(?<host>[^:/?#[\]]+))(?::(?<port>\d{1,5}))?(?:\?(?<scope>[^?#]+))?$/;

/**
 * Reads `proto://host:port?scope`, such as `http://10.0.0.1:8080?public`. Port and scope may be
 * missing; IPv6 hosts stand in brackets. Undefined where it is something else.
 */
export function readEndpoint(text: string): Endpoint | undefined {
  const found = SHAPE.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { protocol = "", bracketed, host, port = "0", scope = "private" } = found;
  if (Number(port) > 65_535) return undefined;
  return { protocol, host: bracketed ?? host ?? "", port: Number(port), scope };
}
