import type { TestContext } from "node:test";
import { Dealer, Subscriber } from "zeromq";
import type { FromRegistrar, ToRegistrar } from "../../lib/core/messages.ts";
import type { KeyPair } from "../../lib/index.ts";
import { Prover } from "../../lib/keys/proof.ts";
import type { Provable } from "../../lib/keys/proof.ts";
import { decodeFromRegistrar, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { until } from "../helpers/until.ts";

/** The keys that a bare socket is given; without any it speaks no CURVE. */
export interface Curve {
  readonly own: KeyPair;
  /** The public key that the server is believed to have. */
  readonly server: string;
}

function optionsOf(curve: Curve | null): object {
  const options = { linger: 0, reconnectInterval: 20 };
  if (curve === null) return options;
  const { publicKey, secretKey } = curve.own;
  const { server } = curve;
  return {
    ...options,
    curvePublicKey: publicKey,
    curveSecretKey: secretKey,
    curveServerKey: server,
  };
}

/** A bare socket with keys of its choice, that says what it likes to whom it likes. */
export class Intruder {
  readonly heard: FromRegistrar[] = [];
  /** Frames that came, whatever they hold. */
  frames = 0;
  readonly #socket: Dealer | Subscriber;

  /** Subscribes to everything where it is a subscriber. */
  constructor(
    t: TestContext,
    endpoint: string,
    of: { readonly kind: "dealer" | "subscriber"; readonly curve: Curve | null },
  ) {
    const options = optionsOf(of.curve);
    if (of.kind === "dealer") this.#socket = new Dealer({ ...options, sendTimeout: 0 });
    else {
      const socket = new Subscriber(options);
      socket.subscribe("");
      this.#socket = socket;
    }
    this.#socket.connect(endpoint);
    t.after(() => this.close());
    void this.#read();
  }

  say(message: ToRegistrar): void {
    this.send(encodeToRegistrar(message));
  }

  send(frame: Uint8Array): void {
    if (this.#socket instanceof Dealer) this.#socket.send(frame).catch(() => undefined);
  }

  /** The first message of a kind, waited for. */
  async hears<K extends FromRegistrar["kind"]>(
    kind: K,
  ): Promise<Extract<FromRegistrar, { kind: K }>> {
    const find = (): FromRegistrar | undefined => this.heard.find((one) => one.kind === kind);
    await until(() => find() !== undefined, { what: `an intruder hears ${kind}` });
    return find() as Extract<FromRegistrar, { kind: K }>;
  }

  /** The message as a holder of these keys proves it on this connection. */
  async proved<T extends Provable>(message: T, { own, server }: Curve): Promise<T> {
    const { epoch, nonce } = await this.hears("welcome");
    const mine = { ...message, epoch };
    return { ...mine, proof: new Prover(own, server).proof(mine, nonce) };
  }

  close(): void {
    this.#socket.close();
  }

  async #read(): Promise<void> {
    for await (const frames of this.#socket) {
      this.frames += frames.length;
      const [frame] = frames;
      const decoded = frame === undefined ? undefined : decodeFromRegistrar(frame);
      if (decoded?.ok === true) this.heard.push(decoded.value);
    }
  }
}
