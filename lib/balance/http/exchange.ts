import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { RollcallError } from "../../core/errors.ts";
import type { Lease } from "../lease.ts";
import type { Outcome } from "../seat.ts";
import { cargoOf, type Cargo } from "./body.ts";
import { faceOf, type Attempt, type Course, type Face } from "./faces.ts";
import { withHost } from "./host.ts";
import type { Line } from "./line.ts";
import { isFailing, isIdempotent, verdictOf, type Verdict } from "./verdict.ts";

/** A request and who asked for it. */
export interface Order {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
  /** The name that was asked for, such as `orders.rollcall`. */
  readonly host: string;
}

/** Timers of a process that does not stand still are never this late. */
const LATE_MS = 100;

const OUTCOMES: Readonly<Record<Verdict, Outcome>> = {
  refused: "unreachable",
  broken: "failed",
  ours: "cancelled",
};

/** One request on its way to an answer, with as many attempts as it takes and may have. */
export class Exchange implements Course {
  readonly #line: Line;
  readonly #face: Face;
  readonly #cargo: Cargo;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #key: string | undefined;
  readonly #tried = new Set<string>();
  #lease: Lease | null = null;
  #attempt: Attempt | null = null;
  #status = 0;
  #retries = 0;
  #waitUntilMs = 0;
  #wasLate = false;
  #reason: Error | null = null;
  #isOver = false;

  constructor(line: Line, { options, handler, host }: Order) {
    this.#line = line;
    this.#face = faceOf(handler);
    this.#cargo = cargoOf(options.body);
    const headers = withHost(options.headers, host) ?? null;
    this.#options = { ...options, headers, body: this.#cargo.body ?? null };
    this.#key = line.keyOf(options);
  }

  start(): void {
    this.#line.budget.deposit(performance.now());
    this.#face.begin(this);
    if (!this.#isOver && this.#reason === null) this.#next();
  }

  sent(attempt: Attempt): void {
    // Given up while the connection was being made.
    if (this.#reason !== null) attempt.cancel?.(this.#reason);
    // Sent elsewhere meanwhile. To abort would destroy the body, which another attempt reads, and
    // the connection; an error thrown here ends this attempt alone.
    else if (this.#isOver || attempt !== this.#attempt) throw ABANDONED;
  }

  answered(attempt: Attempt, status: number): void {
    if (attempt === this.#attempt) this.#status = status;
  }

  completed(attempt: Attempt): void {
    if (attempt === this.#attempt) this.#end(isFailing(this.#status) ? "failed" : "ok");
  }

  upgraded(attempt: Attempt, socket: Duplex): void {
    if (attempt !== this.#attempt) return;
    // The peer works for it as long as the socket is open.
    socket.once("close", () => this.#end("ok"));
  }

  failed(attempt: Attempt, error: Error): void {
    if (attempt !== this.#attempt || this.#isOver) return;
    const verdict = this.#reason === null ? verdictOf(error, attempt.cancel !== undefined) : "ours";
    if (!this.#mayRetry(verdict)) return this.#fail(error, OUTCOMES[verdict]);
    this.#again(OUTCOMES[verdict], error);
  }

  abort(reason: Error): void {
    if (this.#isOver || this.#reason !== null) return;
    this.#reason = reason;
    const cancel = this.#attempt?.cancel;
    if (cancel !== undefined) cancel(reason);
    // Not in the middle of the caller's own call.
    else queueMicrotask(() => this.#fail(reason, "cancelled"));
  }

  /**
   * The peer that has the request is judged lost. What may be repeated and has no answer yet goes
   * elsewhere: a frozen process would keep it for ever.
   */
  rescue(): void {
    const attempt = this.#attempt;
    if (attempt === null || this.#isOver || this.#reason !== null) return;
    if (!this.#mayRetry(attempt.cancel === undefined ? "refused" : "broken")) return;
    this.#again("failed", ABANDONED);
    attempt.cancel?.(ABANDONED);
  }

  #mayRetry(verdict: Verdict): boolean {
    if (verdict === "ours" || this.#status > 0) return false;
    if (verdict === "refused") return this.#cargo.isWhole();
    // A connection that had taken a stream destroys it, even where nothing was read.
    if (!this.#cargo.isKept) return false;
    const { budget, retriesMax } = this.#line;
    if (!isIdempotent(this.#options.method) || this.#retries >= retriesMax) return false;
    if (!budget.withdraw(performance.now())) return false;
    this.#retries += 1;
    return true;
  }

  #again(outcome: Outcome, error: Error): void {
    const lease = this.#lease;
    if (lease !== null) this.#tried.add(lease.peer.instance);
    this.#release(outcome);
    this.#next(error);
  }

  #next(last?: Error): void {
    const { balancer } = this.#line;
    const tried = this.#tried;
    try {
      const avoid = tried.size === 0 ? undefined : this.#wasTried;
      this.#lease = balancer.pick(this.#key, avoid);
    } catch (error) {
      return this.#nobody(error as Error, last);
    }
    this.#attempt = this.#face.attempt(this);
    this.#line.send(this, {
      peer: this.#lease.peer,
      options: this.#options,
      attempt: this.#attempt,
    });
  }

  readonly #wasTried = ({ instance }: { readonly instance: string }): boolean => {
    return this.#tried.has(instance);
  };

  /** Waits for the next list while there is time. */
  #nobody(error: Error, last: Error | undefined): void {
    const isEmpty = error instanceof RollcallError && error.code === "ERR_NO_PEER";
    if (!isEmpty) return this.#fail(error, "cancelled");
    const nowMs = performance.now();
    if (this.#waitUntilMs === 0) this.#waitUntilMs = nowMs + this.#line.waitMs;
    const leftMs = this.#leftMs(nowMs);
    if (leftMs <= 0) return this.#fail(this.#line.nobody(last), "cancelled");
    this.#line.nextList(leftMs).then(
      () => (this.#isOver ? undefined : this.#next(last)),
      (closed: Error) => this.#fail(closed, "cancelled"),
    );
  }

  /**
   * Time left to wait. Where this process itself stood still the time is over before it could read what
   * came meanwhile, so it gets as much again, once.
   */
  #leftMs(nowMs: number): number {
    const lateMs = nowMs - this.#waitUntilMs;
    if (lateMs > LATE_MS && !this.#wasLate) {
      this.#wasLate = true;
      this.#waitUntilMs = nowMs + Math.min(lateMs, this.#line.waitMs);
    }
    return this.#waitUntilMs - nowMs;
  }

  #fail(error: Error, outcome: Outcome): void {
    if (this.#isOver) return;
    this.#end(outcome);
    this.#face.fail(error);
  }

  #end(outcome: Outcome): void {
    this.#isOver = true;
    this.#release(outcome);
  }

  #release(outcome: Outcome): void {
    const lease = this.#lease;
    this.#lease = null;
    this.#attempt = null;
    if (lease === null) return;
    this.#line.over(this, lease.peer);
    lease.done(outcome);
  }
}

/** By its code undici's own retries, where a pool has them, take it for what nobody wants any more. */
const ABANDONED = Object.assign(new Error("the request was sent to another peer"), {
  code: "UND_ERR_ABORTED",
});
