import { ERRORS } from "../core/errors.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { ClientEffect, Connection } from "../core/io.ts";
import type { HandshakeFailure } from "../transport/handshake.ts";
import type { SocketName } from "../transport/port.ts";
import type { Target } from "./options.ts";

type Refusal = Extract<ClientEffect, { kind: "refused" }>;

/**
 * Which registrars refuse us. That of a key may end without our doing, when the key is listed, so we
 * keep asking, which to the machine is as good as no refusal; the connection says `refused` until
 * then, and who waits is told.
 */
export class Denials {
  readonly #targets: readonly Target[];
  readonly #hasKeys: boolean;
  readonly #show: (connection: Connection) => void;
  readonly #denied = new Map<number, ErrorCode>();
  #connection: Connection = { kind: "connecting" };
  #isShown = false;

  /** `show` is told how the client stands, denials considered. */
  constructor(
    { targets, keys }: { readonly targets: readonly Target[]; readonly keys: object | null },
    show: (connection: Connection) => void,
  ) {
    this.#targets = targets;
    this.#hasKeys = keys !== null;
    this.#show = show;
  }

  /** The code that every registrar refuses us with, for good or not; undefined while one does not. */
  get code(): ErrorCode | undefined {
    if (this.#connection.kind === "refused") return this.#connection.code;
    const [code] = this.#denied.values();
    return this.#denied.size === this.#targets.length ? code : undefined;
  }

  /** How the machine says we stand: it knows nothing of handshakes. */
  connected(connection: Connection): void {
    this.#connection = connection;
    this.#tell();
  }

  /** An effect with what it means here: a refusal is final for those who wait when all refuse. */
  judged(effect: ClientEffect): ClientEffect {
    if (effect.kind === "accepted") this.lifted(effect.source);
    if (effect.kind !== "refused") return effect;
    const isOfKey = effect.code === "ERR_NOT_AUTHORISED";
    return isOfKey || !ERRORS[effect.code].retryable ? this.#deny(effect) : effect;
  }

  /**
   * What a failed handshake amounts to. Null for the roster of a registrar that is reached by its
   * survey endpoint, because that connection counts.
   */
  refusal(source: number, socket: SocketName, failure: HandshakeFailure): Refusal | null {
    const target = this.#targets[source];
    if (target === undefined || (socket === "roster" && target.hasSurvey)) return null;
    const text = failureText(failure, target.endpoint, this.#hasKeys);
    // A registrar that ends hangs up as well, so a broken handshake is a hint and no verdict.
    const code = failure === "broken" ? "ERR_UNREACHABLE" : "ERR_NOT_AUTHORISED";
    return { kind: "refused", source, code, text, final: false };
  }

  /** This registrar speaks with us. */
  lifted(source: number): void {
    if (this.#denied.delete(source) && this.#isShown) this.#tell();
  }

  #deny(refusal: Refusal): Refusal {
    this.#denied.set(refusal.source, refusal.code);
    if (this.code === undefined) return refusal;
    this.#tell();
    return { ...refusal, final: true };
  }

  #tell(): void {
    const { code } = this;
    const wasShown = this.#isShown;
    this.#isShown = code !== undefined;
    if (code === undefined) this.#show(this.#connection);
    else if (!wasShown) this.#show({ kind: "refused", code });
  }
}

/** What a failed handshake means, for people. */
function failureText(failure: HandshakeFailure, endpoint: string, hasKeys: boolean): string {
  switch (failure) {
    case "denied":
      return `${endpoint} does not list this key`;
    case "mismatch":
      return hasKeys
        ? `${endpoint} has no keys, so do not give any`
        : `${endpoint} asks for keys, and none are given`;
    case "broken":
      return `${endpoint} hung up at the handshake; is keys.registrar its public key?`;
    default:
      return failure satisfies never;
  }
}
