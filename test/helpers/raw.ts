import { Dealer } from "zeromq";
import type { FromRegistrar, ToRegistrar } from "../../lib/core/messages.ts";
import { decodeFromRegistrar, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { instanceNamed } from "./instances.ts";
import { until } from "./until.ts";

/** A client without our client: says what it is told to say, answers nothing by itself. */
export class RawClient {
  readonly heard: FromRegistrar[] = [];
  readonly #socket = new Dealer({ linger: 0, sendTimeout: 0, sendHighWaterMark: 0 });

  constructor(survey: string) {
    this.#socket.connect(survey);
    void this.#read();
  }

  /** The epoch of the registrar, waited for. */
  async epoch(): Promise<string> {
    const welcome = await this.hears("welcome");
    return welcome.epoch;
  }

  /** The first message of a kind, waited for. */
  async hears<K extends FromRegistrar["kind"]>(
    kind: K,
  ): Promise<Extract<FromRegistrar, { kind: K }>> {
    const find = (): FromRegistrar | undefined =>
      this.heard.find((message) => message.kind === kind);
    await until(() => find() !== undefined, { what: `a raw client hears ${kind}` });
    return find() as Extract<FromRegistrar, { kind: K }>;
  }

  async say(message: ToRegistrar): Promise<void> {
    await this.#socket.send(encodeToRegistrar(message));
  }

  /** Any frames at all. */
  async send(...frames: readonly Uint8Array[]): Promise<void> {
    await this.#socket.send([...frames]);
  }

  /** Asks to be listed, and that is all. */
  async join(service: string, id: string, name = `raw-${id}`): Promise<void> {
    const epoch = await this.epoch();
    await this.say({
      kind: "join",
      version: 1,
      epoch,
      service,
      id,
      ...instanceNamed(name),
      edition: 1,
      card: {
        endpoints: [],
        weight: 1,
        tags: [],
        metadata: {},
        status: "passing",
        joinedAt: Date.now(),
      },
      previous: null,
      sequence: 1,
      proof: null,
      bytes: 0,
    });
  }

  close(): void {
    this.#socket.close();
  }

  async #read(): Promise<void> {
    while (!this.#socket.closed) {
      try {
        const [frame] = await this.#socket.receive();
        const decoded = frame === undefined ? undefined : decodeFromRegistrar(frame);
        if (decoded?.ok === true) this.heard.push(decoded.value);
      } catch {
        return;
      }
    }
  }
}
