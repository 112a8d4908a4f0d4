import type { Dispatcher } from "undici";

type Headers = Dispatcher.DispatchOptions["headers"];

/**
 * The headers with the name that was asked for as `host`, so that a peer sees the name of the service
 * and not its own address (undici's `dns` interceptor does the same). A `host` that is given stays.
 */
export function withHost(headers: Headers, host: string): Headers {
  if (headers === null || headers === undefined) return { host };
  if (Array.isArray(headers)) {
    const has = headers.some((name, at) => at % 2 === 0 && isHost(name));
    return has ? headers : [...(headers as string[]), "host", host];
  }
  if (isIterable(headers)) return withHost([...headers].flat() as string[], host);
  return Object.keys(headers).some(isHost) ? headers : { ...headers, host };
}

function isHost(name: unknown): boolean {
  return typeof name === "string" && name.length === 4 && name.toLowerCase() === "host";
}

function isIterable(headers: object): headers is Iterable<readonly [string, unknown]> {
  return Symbol.iterator in headers;
}
