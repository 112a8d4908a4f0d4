import type { SurveyorInput } from "../core/io.ts";
import type { FromRegistrar, ToRegistrar } from "../core/messages.ts";
import type { Surveyor } from "../core/surveyor.ts";
import { nowMs } from "../host/clock.ts";
import { instanceOf } from "../host/instance.ts";
import type { LimitedLog } from "../host/log.ts";
import { decodeToRegistrar } from "../wire/survey.ts";
import type { Gate } from "./gate.ts";
import { Inbox, type Urgency } from "./inbox.ts";

/** What a reception works with. */
export interface ReceptionParts {
  readonly surveyor: Surveyor;
  readonly gate: Pick<Gate, "admits" | "closed" | "keyOf"> | null;
  readonly limited: LimitedLog;
  readonly take: (input: SurveyorInput) => void;
  readonly send: (route: string, message: FromRegistrar) => void;
}

/** Reads what clients say, asks the gate, and hands it to the machine: newcomers when there is time. */
export class Reception {
  readonly #parts: ReceptionParts;
  readonly #inbox: Inbox;
  #malformed = 0;
  #forgeries = 0;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
    const failed = (err: unknown): void => parts.limited.error("registrar.inputFailed", { err });
    this.#inbox = new Inbox(nowMs, failed);
  }

  /** Frames that were no messages. */
  get malformed(): number {
    return this.#malformed;
  }

  /** Those who named an instance whose secret they do not have. */
  get forgeries(): number {
    return this.#forgeries;
  }

  /** Messages that wait behind newcomers. */
  get waiting(): number {
    return this.#inbox.size;
  }

  received(route: string, frames: readonly Uint8Array[]): void {
    const [frame] = frames;
    if (frame === undefined || frames.length !== 1) {
      return this.#drop(`${frames.length} frames instead of one`);
    }
    const decoded = decodeToRegistrar(frame);
    if (!decoded.ok) return this.#drop(decoded.reason);
    const { value: message } = decoded;
    if (!isOwn(message)) return this.#forged(route, message.kind);
    const { surveyor, gate, take } = this.#parts;
    this.#inbox.take({
      route,
      bytes: frame.length,
      urgency: urgencyOf(surveyor, route, message),
      handle: () => {
        if (gate?.admits(route, message) === false) return;
        take({ kind: "received", route, message, key: gate?.keyOf(route) });
      },
    });
  }

  /** The connection closed, or is not there any more. */
  gone(route: string): void {
    const { gate, take } = this.#parts;
    const handle = (): void => {
      const key = gate?.keyOf(route);
      gate?.closed(route);
      take({ kind: "disconnected", route, key });
    };
    this.#inbox.take({ route, bytes: 0, isEnd: true, urgency: "known", handle });
  }

  close(): void {
    this.#inbox.close();
  }

  #forged(route: string, asked: string): void {
    this.#forgeries += 1;
    const { limited, send } = this.#parts;
    const text = "the secret is not that of the instance";
    limited.warn("instance.refused", { asked });
    send(route, { kind: "refused", code: "ERR_NOT_AUTHORISED", text });
  }

  #drop(reason: string): void {
    this.#malformed += 1;
    this.#parts.limited.warn("message.malformed", { reason });
  }
}

/** An instance can be read in every list, so knowing it is not enough to speak for it. */
function isOwn(message: ToRegistrar): boolean {
  if (message.kind !== "join" && message.kind !== "watch") return true;
  return instanceOf(message.secret) === message.instance;
}

/** An answer proves life, whatever else its connection has said; of a stranger it is no answer. */
function urgencyOf(surveyor: Surveyor, route: string, message: ToRegistrar): Urgency {
  const isAnswer = message.kind === "answer" || message.kind === "acknowledge";
  if (isAnswer) return surveyor.isKnown(route) ? "now" : "known";
  return surveyor.isNewcomer(route, message) ? "new" : "known";
}
