import { setTimeout as pause } from "node:timers/promises";
import type { Subscriber } from "zeromq";
import { deltaTopic } from "../../lib/core/topics.ts";
import { decodeRoster } from "../../lib/wire/roster.ts";
import { bareSubscriber, readAll } from "./bare.ts";

/** The registrar greets a new subscriber at once; what follows within this time belongs to a change. */
const AFTER_MS = 50;

/** A SUB socket that counts the bytes of the changes that it is sent. */
export class Meter implements Disposable {
  readonly #socket: Subscriber;
  #bytes = 0;
  #heard: () => void = () => {};

  constructor(roster: string, service: string) {
    this.#socket = bareSubscriber();
    this.#socket.connect(roster);
    this.#socket.subscribe(deltaTopic(service));
    void readAll(this.#socket, (frames) => this.#count(frames));
  }

  /** Resolves when the subscription has arrived: its service is announced to it then. */
  opened(): Promise<void> {
    return this.#next();
  }

  /** Does something and resolves with the bytes that tell of it. */
  async during(change: () => Promise<void>): Promise<number> {
    this.#bytes = 0;
    await change();
    while (this.#bytes === 0) await this.#next();
    await pause(AFTER_MS);
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  /** The next message of any kind; one of them comes each second. */
  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  #count(frames: readonly Buffer[]): void {
    const decoded = decodeRoster(frames);
    if (!decoded.ok) throw new Error(decoded.reason);
    if (decoded.value.message.kind === "delta") {
      this.#bytes += frames.reduce((sum, frame) => sum + frame.length, 0);
    }
    this.#heard();
  }
}
