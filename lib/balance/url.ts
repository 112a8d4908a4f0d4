import { RollcallError } from "../core/errors.ts";
import type { Endpoint, Peer } from "../core/peer.ts";
import { checkOptions } from "../host/check.ts";

/** Which endpoint of a peer is wanted. */
export interface UrlOptions {
  /** What is to be spoken, which becomes the scheme. Default `http`. */
  readonly protocol?: string | undefined;
  /** Who has to reach it, such as `private` or `public`. By default it makes no difference. */
  readonly scope?: string | undefined;
}

const URL_OPTIONS = { protocol: true, scope: true } satisfies Record<keyof UrlOptions, true>;
/** A scheme by RFC 3986, section 3.1. */
const SCHEME = /^[a-z][a-z0-9+.-]*$/i;
/** What an endpoint says that does not say what is spoken there. */
const ANYTHING = "tcp";

/**
 * The URL of a peer, such as `http://10.0.0.1:8080`: of its first endpoint that speaks the protocol,
 * else of the first that only says `tcp`. Undefined where it has none with a port.
 */
export function urlOf(peer: Peer, options: UrlOptions = {}): string | undefined {
  const found = endpointOf(peer, options);
  const { protocol = "http" } = options;
  return found === undefined ? undefined : `${protocol}://${hostOf(found)}:${found.port}`;
}

/** The endpoint that the URL of a peer leads to. */
export function endpointOf(peer: Peer, options: UrlOptions = {}): Endpoint | undefined {
  checkOptions("urlOf", options, URL_OPTIONS);
  const { protocol = "http", scope } = options;
  if (!SCHEME.test(protocol)) {
    throw new RollcallError("ERR_OPTION", `protocol is ${JSON.stringify(protocol)}, no scheme`);
  }
  const usable = peer.endpoints.filter((one) => {
    return one.port > 0 && one.host !== "" && (scope === undefined || one.scope === scope);
  });
  return (
    usable.find((one) => one.protocol === protocol) ??
    usable.find((one) => one.protocol === ANYTHING)
  );
}

/** The host as it stands in a URL: IPv6 in brackets, its zone percent-encoded. */
function hostOf({ host }: Endpoint): string {
  return host.includes(":") ? `[${host.replace("%", "%25")}]` : host;
}
