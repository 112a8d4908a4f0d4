import { randomBytes } from "node:crypto";
import { capability } from "zeromq";
import { RollcallError } from "../core/errors.ts";
import type { RegistrarPortKeys, SocketName } from "./port.ts";
import type { BoundCurve } from "./sockets.ts";
import { claimDomain, releaseDomain } from "./zap.ts";

const SOCKETS: readonly SocketName[] = ["survey", "roster"];
const DOMAIN_BYTES = 16;

/** The door of one registrar: one domain for each of its sockets, under names of its own. */
export class Wicket {
  readonly #keys: RegistrarPortKeys | undefined;
  readonly #name = randomBytes(DOMAIN_BYTES).toString("hex");

  private constructor(keys: RegistrarPortKeys | undefined) {
    this.#keys = keys;
  }

  /**
   * From now on who wants to connect is looked at; without keys nobody is. Throws `ERR_OPTION`
   * where zeromq was built without CURVE.
   */
  static async open(keys: RegistrarPortKeys | undefined): Promise<Wicket> {
    const wicket = new Wicket(keys);
    if (keys === undefined) return wicket;
    assertCurve();
    for (const socket of SOCKETS) {
      const mayConnect = keys.mayConnect.bind(keys, socket);
      await claimDomain(wicket.#domain(socket), mayConnect);
    }
    return wicket;
  }

  /** What a socket has to be made with. */
  curve(socket: SocketName): BoundCurve | undefined {
    if (this.#keys === undefined) return undefined;
    const { publicKey, secretKey } = this.#keys;
    return { publicKey, secretKey, domain: this.#domain(socket) };
  }

  async close(): Promise<void> {
    if (this.#keys === undefined) return;
    await Promise.all(SOCKETS.map((socket) => releaseDomain(this.#domain(socket))));
  }

  #domain(socket: SocketName): string {
    return `${socket}-${this.#name}`;
  }
}

/** Throws `ERR_OPTION` where zeromq was built without CURVE. */
export function assertCurve(): void {
  if (capability.curve === true) return;
  throw new RollcallError("ERR_OPTION", "keys are given, but this build of zeromq has no CURVE");
}
