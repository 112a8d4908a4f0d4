import { backoffMs } from "./backoff.ts";
import type { ErrorCode } from "./errors.ts";
import type { FromRegistrar, Timing, Welcome } from "./messages.ts";
import type { ClientTuning } from "./options.ts";
import { silenceMs } from "./options.ts";

/**
 * What a link asks of its owner. To `detach` is to hang up a while later: whoever does not hear the
 * registrar may still be heard by it, and is away if it hangs up before it is back.
 */
export type LinkStep = "dial" | "hangup" | "detach" | "none";

/** Where the survey connection to one registrar stands. */
export type LinkState =
  | { readonly kind: "idle" }
  /** Dialled; the registrar has to greet us until then. The transport tries by itself. */
  | { readonly kind: "dialling"; readonly untilMs: number }
  | { readonly kind: "open"; readonly welcome: Welcome }
  /** Hung up; dials again then. */
  | { readonly kind: "waiting"; readonly untilMs: number }
  | { readonly kind: "refused"; readonly code: ErrorCode };

/**
 * One survey connection and when to give it up. The transport reconnects by itself, but there are
 * ways in which it falls silent for ever, so the link owns the clock: no greeting within
 * `helloTimeoutMs`, or a silence longer than `silenceMs`, and it
 * hangs up, or detaches, and dials again after a pause with jitter.
 */
export class Link {
  readonly #tuning: ClientTuning;
  readonly #random: () => number;
  #state: LinkState = { kind: "idle" };
  #attempt = 0;
  #heardMs = 0;
  #wasPostponed = false;
  #isParting = false;
  #maxMs: number;

  constructor(tuning: ClientTuning, random: () => number) {
    this.#tuning = tuning;
    this.#random = random;
    this.#maxMs = tuning.helloTimeoutMs;
  }

  get state(): LinkState {
    return this.#state;
  }

  get welcome(): Welcome | null {
    return this.#state.kind === "open" ? this.#state.welcome : null;
  }

  dial(nowMs: number): LinkStep {
    this.#wasPostponed = false;
    this.#state = { kind: "dialling", untilMs: nowMs + this.#tuning.helloTimeoutMs };
    return "dial";
  }

  welcomed(welcome: Welcome, nowMs: number): void {
    this.#state = { kind: "open", welcome };
    this.#heardMs = nowMs;
    this.#maxMs = welcome.timing.reconnectMaxMs;
  }

  /** The registrar wants us. A greeting alone is no success: a refusal may follow every time. */
  accepted(): void {
    this.#attempt = 0;
  }

  /** A greeting is expected once dialled, the rest after it; else it is left over from before. */
  expects(kind: FromRegistrar["kind"]): boolean {
    if (this.#state.kind === "open") return true;
    return this.#state.kind === "dialling" && kind === "welcome";
  }

  heard(nowMs: number): void {
    this.#wasPostponed = false;
    this.#heardMs = nowMs;
  }

  /** Our goodbye was heard: nobody asks us anything any more, so silence means nothing. */
  parting(): void {
    this.#isParting = true;
  }

  /** The connection closed; the transport is trying again. */
  lost(nowMs: number): void {
    if (this.#state.kind !== "open") return;
    this.#wasPostponed = false;
    this.#state = { kind: "dialling", untilMs: nowMs + this.#tuning.helloTimeoutMs };
  }

  /** Told no: for good, or for now. */
  refuse(code: ErrorCode, retryable: boolean, nowMs: number): LinkStep {
    if (retryable) this.#wait(nowMs);
    else this.#state = { kind: "refused", code };
    return "hangup";
  }

  /** Moves the deadlines by the time our own event loop stood still: once, until we hear again. */
  postpone(byMs: number): void {
    if (this.#wasPostponed) return;
    this.#wasPostponed = true;
    this.#heardMs += byMs;
    if (this.#state.kind === "dialling") {
      this.#state = { kind: "dialling", untilMs: this.#state.untilMs + byMs };
    }
  }

  due(nowMs: number): LinkStep {
    if (nowMs < this.nextMs()) return "none";
    const { kind } = this.#state;
    if (kind === "waiting") return this.dial(nowMs);
    this.#wait(nowMs);
    return kind === "open" ? "detach" : "hangup";
  }

  nextMs(): number {
    switch (this.#state.kind) {
      case "dialling":
      case "waiting":
        return this.#state.untilMs;
      case "open":
        if (this.#isParting) return Infinity;
        return this.#heardMs + silenceOf(this.#state.welcome.timing);
      default:
        return Infinity;
    }
  }

  #wait(nowMs: number): void {
    const limits = { minMs: this.#tuning.reconnectMinMs, maxMs: this.#maxMs };
    const pauseMs = backoffMs(this.#attempt, limits, this.#random());
    this.#attempt += 1;
    this.#state = { kind: "waiting", untilMs: nowMs + pauseMs };
  }
}

function silenceOf(timing: Timing): number {
  return silenceMs(timing.surveyIntervalMs, timing.answerWindowMs);
}
