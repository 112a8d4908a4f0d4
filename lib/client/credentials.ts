import type { FromRegistrar, ToRegistrar } from "../core/messages.ts";
import type { SettledClientKeys } from "../keys/options.ts";
import { Prover } from "../keys/proof.ts";
import type { ClientPortKeys } from "../transport/port.ts";

/** What a client shows to each of its registrars; without keys, nothing. */
export class Credentials {
  readonly #keys: SettledClientKeys | null;
  readonly #provers: readonly Prover[];
  /** Of the last WELCOME of each registrar. */
  readonly #nonces = new Map<number, string>();

  constructor(keys: SettledClientKeys | null) {
    this.#keys = keys;
    this.#provers = keys?.registrars.map((registrar) => new Prover(keys.own, registrar)) ?? [];
  }

  /** What the sockets to this registrar are made with. */
  portKeys(source: number): ClientPortKeys | undefined {
    const serverKey = this.#keys?.registrars[source];
    return this.#keys === null || serverKey === undefined
      ? undefined
      : { ...this.#keys.own, serverKey };
  }

  heard(source: number, message: FromRegistrar): void {
    if (message.kind === "welcome" && this.#keys !== null) this.#nonces.set(source, message.nonce);
  }

  /** The message as it is sent: a JOIN or WATCH carries its proof. */
  proved(source: number, message: ToRegistrar): ToRegistrar {
    if (message.kind !== "join" && message.kind !== "watch") return message;
    const prover = this.#provers[source];
    const nonce = this.#nonces.get(source);
    if (prover === undefined || nonce === undefined) return message;
    return { ...message, proof: prover.proof(message, nonce) };
  }
}
