import { domainToUnicode } from "node:url";
import { RollcallError } from "../../core/errors.ts";

/** Where a URL leads. */
export type Target =
  | {
      readonly kind: "service";
      readonly service: string;
      /** The scheme, which is the protocol of the endpoint. */
      readonly protocol: string;
      readonly host: string;
    }
  /** Not one of our names. */
  | { readonly kind: "elsewhere" };

/** Origins of which the target is remembered; then all are forgotten. */
const KNOWN_MAX = 1000;

/** Tells the names of services from other hosts: `http://orders.rollcall` is the service `orders`. */
export class Targets {
  readonly #suffix: string;
  readonly #known = new Map<string, Target>();

  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  /** Throws `ERR_OPTION` for a name of ours with a port: the registrar knows the ports. */
  of(origin: string | URL | undefined): Target {
    const text = typeof origin === "string" ? origin : (origin?.origin ?? "");
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const target = this.#read(text);
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(text, target);
    return target;
  }

  #read(text: string): Target {
    if (!URL.canParse(text)) return { kind: "elsewhere" };
    const { protocol, hostname, host, port } = new URL(text);
    if (!hostname.endsWith(this.#suffix)) return { kind: "elsewhere" };
    if (port !== "")
      throw new RollcallError("ERR_OPTION", `${text} has a port; the registrar knows it`);
    // Host names are written in lower case, and others than ASCII are encoded.
    const service = domainToUnicode(hostname.slice(0, -this.#suffix.length));
    return { kind: "service", service, protocol: protocol.slice(0, -1), host };
  }
}
