import type { Client } from "../core/client.ts";
import { RollcallError } from "../core/errors.ts";
import type { ExplanationOf } from "../core/explainer.ts";
import type { ClientEffect, ClientInput } from "../core/io.ts";
import { LIMITS } from "../core/limits.ts";
import { checkRecording } from "../core/record-check.ts";
import type { RecordedPeer, Recording, RecordingHead } from "../core/recording.ts";
import type { Bounds, WaitOptions } from "../host/wait.ts";
import { explanationIn, pageIn } from "./reading.ts";

/** What questions to registrars need of a client. */
export interface Inquirer {
  readonly client: Pick<Client, "accepted">;
  take(input: ClientInput): void;
  until<T>(isDone: (effect: ClientEffect) => T | undefined, options?: Bounds): Promise<T>;
}

interface Reply {
  readonly next: number;
  readonly json: string;
}

/** Asks registrars what they remember. */
export class Inquiries {
  readonly #shell: Inquirer;
  /** What has not come after this long is asked for again. */
  readonly #patienceMs: number;
  #token = 0;

  constructor(shell: Inquirer, patienceMs: number) {
    this.#shell = shell;
    this.#patienceMs = patienceMs;
  }

  /** What a registrar remembers of a peer; the first that knows it answers. */
  async explain(
    service: string,
    id: string,
    options?: WaitOptions,
  ): Promise<ExplanationOf | undefined> {
    for (;;) {
      await this.#contact(options);
      const json = await this.#ask(service, id, options);
      if (json !== "lost") return explanationIn(json);
    }
  }

  /** Everything that the first registrar which accepted us remembers, page by page. */
  async record(service: string, options?: WaitOptions): Promise<Recording> {
    for (;;) {
      await this.#contact(options);
      const [source] = this.#shell.client.accepted;
      const recording =
        source === undefined ? undefined : await this.#pages(source, service, options);
      if (recording !== undefined) return recording;
    }
  }

  /** Undefined where the connection was lost on the way: another run remembers other things. */
  async #pages(
    source: number,
    service: string,
    options?: WaitOptions,
  ): Promise<Recording | undefined> {
    let head: RecordingHead | null = null;
    const peers: RecordedPeer[] = [];
    let after = 0;
    for (let pages = 0; pages < LIMITS.recordPagesMax; pages += 1) {
      const reply = await this.#page({ source, service, after }, options);
      if (reply === "lost") return undefined;
      const page = pageIn(reply.json);
      head ??= page.head;
      peers.push(...page.peers);
      if (reply.next === 0) return checkRecording({ ...head, takenAt: Date.now(), peers });
      if (reply.next <= after) throw new RollcallError("ERR_WIRE", "the pages of the record");
      after = reply.next;
    }
    throw new RollcallError("ERR_LIMIT", `recordPagesMax ${LIMITS.recordPagesMax}`);
  }

  #page(
    from: { readonly source: number; readonly service: string; readonly after: number },
    options?: WaitOptions,
  ): Promise<Reply | "lost"> {
    return this.#patiently(options, (token, bounds) => {
      const reply = this.#shell.until<Reply | "lost">((effect) => {
        if (effect.kind === "exported" && effect.token === token) return effect;
        return effect.kind === "lost" && effect.source === from.source ? "lost" : undefined;
      }, bounds);
      this.#shell.take({ kind: "export", token, ...from });
      return reply;
    });
  }

  /** The answer as JSON, `null` where nobody knows the peer, or `lost` with the last connection. */
  #ask(service: string, id: string, options?: WaitOptions): Promise<string> {
    return this.#patiently(options, (token, bounds) => {
      const open = new Set(this.#shell.client.accepted);
      let outcome = "lost";
      const answer = this.#shell.until((effect) => {
        if (effect.kind === "explanation" && effect.token === token) {
          outcome = "null";
          if (effect.found) return effect.json;
        } else if (effect.kind !== "lost") return undefined;
        open.delete(effect.source);
        return open.size === 0 ? outcome : undefined;
      }, bounds);
      this.#shell.take({ kind: "explain", token, service, id });
      return answer;
    });
  }

  /** Asks until there is an answer: a registrar answers nobody who may not have read what it said before. */
  async #patiently<T>(
    options: WaitOptions | undefined,
    ask: (token: number, bounds: Bounds) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      this.#token += 1;
      try {
        return await ask(this.#token, { ...options, timeoutMs: this.#patienceMs });
      } catch (error) {
        const isLate = error instanceof RollcallError && error.code === "ERR_TIMEOUT";
        if (!isLate) throw error;
      }
    }
  }

  /** Waits until some registrar has accepted us. */
  async #contact(options?: WaitOptions): Promise<void> {
    if (this.#shell.client.accepted.length > 0) return;
    await this.#shell.until((effect) => (effect.kind === "accepted" ? true : undefined), options);
  }
}
