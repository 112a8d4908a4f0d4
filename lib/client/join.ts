import { Observable } from "rxjs";
import type { Change } from "../core/changes.ts";
import { RollcallError } from "../core/errors.ts";
import { toPeer } from "../core/peer.ts";
import type { Card, Peer } from "../core/peer.ts";
import type { Identity } from "../core/respondent.ts";
import type { View } from "../core/view.ts";
import { loggerFor } from "../host/log.ts";
import { newInstance } from "../host/instance.ts";
import { bounded, closeOnAbort, throwIfAborted } from "../host/wait.ts";
import type { Bounds, WaitOptions } from "../host/wait.ts";
import { settleClientKeys } from "../keys/options.ts";
import { INTERVAL_MS_MAX } from "../wire/scalars.ts";
import {
  cardOf,
  changedCard,
  checkCardOptions,
  checkJoin,
  nameOf,
  servicesOf,
  targetsOf,
  tuningOf,
  updatedCard,
} from "./options.ts";
import type { CardOptions, JoinOptions, Target } from "./options.ts";
import { Collector } from "./farewell.ts";
import type { LeaveProof } from "./farewell.ts";
import { ClientShell } from "./shell.ts";
import type { ConnectionState } from "./streams.ts";

/** How long `leave` waits for its confirmation unless told otherwise. */
export const LEAVE_DEADLINE_MS = 5000;
/** How long `close` waits until its goodbye is confirmed; a registrar that does not answer costs this. */
const CLOSE_DEADLINE_MS = 500;

/** Bounds of a leave. */
export interface LeaveOptions extends WaitOptions {
  /** Milliseconds to wait until every named consumer has acknowledged, up to 24 h. Default 5000. */
  readonly deadlineMs?: number | undefined;
}

/** A process that is listed. */
export interface Member extends AsyncDisposable {
  /** This process as others are shown it. */
  readonly self: Peer;
  /** Usable peers, its own entry included as the registrar lists it; else as of a watcher. */
  readonly peers$: Observable<readonly Peer[]>;
  readonly view$: Observable<View>;
  readonly changes$: Observable<Change>;
  readonly connection$: Observable<ConnectionState>;
  /**
   * Resolves when a registrar has published the change. Rejects with `ERR_OPTION` for wrong values. A
   * signal ends the wait; the change takes effect all the same, be it later.
   */
  update(patch: CardOptions, options?: WaitOptions): Promise<void>;
  /**
   * Status `draining`: out of every `peers$`, still listed. Resolves when every named consumer has
   * acknowledged it, or at the deadline with those who did not.
   */
  drain(options?: LeaveOptions): Promise<LeaveProof>;
  /** Goodbye; resolves as `drain` does, and closes the handle. */
  leave(options?: LeaveOptions): Promise<LeaveProof>;
  /** Goodbye without waiting for more than a moment. Idempotent; leaves no socket and no timer. */
  close(): Promise<void>;
}

/**
 * Joins a service; resolves when a registrar has published the member, so that whoever looks then
 * finds it. Rejects with `ERR_ID_TAKEN` where a living process holds the id, with `ERR_TIMEOUT` after
 * `joinTimeoutMs`, with `ERR_ABORTED` by the signal. A registrar that is full is asked again. Rejects
 * with `ERR_OPTION` or `ERR_ENDPOINT` before any socket is made.
 */
export async function join(options: JoinOptions): Promise<Member> {
  checkJoin(options);
  throwIfAborted(options.signal);
  const targets = targetsOf({ registrar: options.registrar });
  const { instance, secret } = newInstance();
  const service = nameOf("service", options.service);
  const identity: Identity = { service, id: nameOf("id", options.id ?? instance), instance };
  const tuning = tuningOf(options);
  const shell = new ClientShell({
    targets,
    services: servicesOf(options.watch ?? service, "watch"),
    instance,
    secret,
    identity,
    showing: { edition: 1, card: cardOf(options, targets) },
    tuning,
    keys: settleClientKeys(options.keys, targets.length),
    logger: loggerFor(options.logger),
  });
  const member = new MemberHandle(shell, identity, targets);
  try {
    await listed(shell, { signal: options.signal, timeoutMs: tuning.joinTimeoutMs });
  } catch (error) {
    // The registrar may have listed us while its confirmation is under way.
    shell.take({ kind: "leave", proofMs: 0 });
    await shell.close();
    throw error;
  }
  member.closeBy(options.signal);
  if (options.signal?.aborted === true) await member.close();
  throwIfAborted(options.signal);
  return member;
}

/** Starts the shell and waits for the first registrar that lists us. */
async function listed(shell: ClientShell, bounds: Bounds): Promise<void> {
  // First of all: whatever comes of it comes in a later turn.
  shell.take({ kind: "start" });
  const { timeoutMs } = bounds;
  let refusal = "no registrar answered; one with keys is silent to a client without";
  // Published, not merely accepted: whoever looks after `join` has resolved finds the member.
  const published = shell.until((effect) => {
    if (effect.kind === "refused") refusal = `${effect.code}, ${effect.text}`;
    return effect.kind === "recorded" ? true : undefined;
  }, bounds);
  try {
    await published;
  } catch (error) {
    if (!(error instanceof RollcallError) || error.code !== "ERR_TIMEOUT") throw error;
    throw new RollcallError("ERR_TIMEOUT", `joinTimeoutMs ${timeoutMs}: ${refusal}`);
  }
}

/** Of a handle that is closed nobody knows anything any more. */
const NOBODY = { told: [], outOfReach: [], edition: null, wantsProof: false };
/** `close` waits for no more than the publication. */
const GOODBYE = { card: null, deadlineMs: CLOSE_DEADLINE_MS, wantsProof: false };

function deadlineOf({ deadlineMs = LEAVE_DEADLINE_MS }: LeaveOptions): number {
  // No message asks a registrar to wait for longer.
  if (deadlineMs >= 0 && deadlineMs <= INTERVAL_MS_MAX) return deadlineMs;
  throw new RollcallError("ERR_OPTION", `deadlineMs is ${deadlineMs}, not 0 to ${INTERVAL_MS_MAX}`);
}

class MemberHandle implements Member {
  readonly peers$: Observable<readonly Peer[]>;
  readonly view$: Observable<View>;
  readonly changes$: Observable<Change>;
  readonly #shell: ClientShell;
  readonly #identity: Identity;
  readonly #targets: readonly Target[];
  #leaving: Promise<LeaveProof> | null = null;
  #closing: Promise<void> | null = null;
  #release: () => void = () => {};

  constructor(shell: ClientShell, identity: Identity, targets: readonly Target[]) {
    this.#shell = shell;
    this.#targets = targets;
    this.#identity = identity;
    const { peers$, view$, changes$ } = shell.streams;
    this.peers$ = this.#following(peers$);
    this.view$ = this.#following(view$);
    this.changes$ = this.#following(changes$);
  }

  get connection$(): Observable<ConnectionState> {
    return this.#shell.streams.connection$;
  }

  get self(): Peer {
    const { edition, card } = this.#showing();
    const { service, id, instance } = this.#identity;
    return toPeer(service, {
      id,
      instance,
      edition,
      standing: "alive",
      cause: null,
      stalledMs: 0,
      card,
    });
  }

  async update(patch: CardOptions, options?: WaitOptions): Promise<void> {
    checkCardOptions(patch);
    throwIfAborted(options?.signal);
    if (this.#shell.isClosed) throw new RollcallError("ERR_CLOSED");
    const card = updatedCard(this.#showing().card, patch, this.#targets);
    const edition = this.#shell.update(card, 0);
    await this.#shell.until((effect) => {
      return effect.kind === "recorded" && effect.edition >= edition ? true : undefined;
    }, options);
  }

  async drain(options: LeaveOptions = {}): Promise<LeaveProof> {
    const deadlineMs = deadlineOf(options);
    throwIfAborted(options.signal);
    if (this.#shell.isClosed) throw new RollcallError("ERR_CLOSED");
    const card = changedCard(this.#showing().card, { status: "draining" });
    return this.#shell.farewell({ card, deadlineMs, wantsProof: true }, options);
  }

  async leave(options: LeaveOptions = {}): Promise<LeaveProof> {
    const deadlineMs = deadlineOf(options);
    const { signal } = options;
    // Whoever asks later waits for the same goodbye, but with a bound of its own.
    if (this.#leaving !== null) return bounded(this.#leaving, { signal });
    this.#leaving = this.#leave(deadlineMs, signal);
    return this.#leaving;
  }

  closeBy(signal: AbortSignal | undefined): void {
    this.#release = closeOnAbort(signal, this);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #leave(deadlineMs: number, signal: AbortSignal | undefined): Promise<LeaveProof> {
    try {
      if (this.#shell.isClosed) return new Collector(NOBODY).proof(() => "");
      return await this.#shell.farewell({ card: null, deadlineMs, wantsProof: true }, { signal });
    } finally {
      this.#release();
      // Not `close`, which waits for us.
      await this.#shell.close();
    }
  }

  async #close(): Promise<void> {
    this.#release();
    const { deadlineMs: timeoutMs } = GOODBYE;
    // Its goodbye is said; what it still waits for ends with the handle.
    if (this.#leaving !== null) await bounded(this.#leaving, { timeoutMs }).catch(() => {});
    else await this.#shell.farewell(GOODBYE);
    await this.#shell.close();
  }

  #showing(): { readonly edition: number; readonly card: Card } {
    const { showing } = this.#shell;
    if (showing === null) throw new RollcallError("ERR_CLOSED");
    return showing;
  }

  /** The roster socket opens with the first subscription. */
  #following<T>(stream$: Observable<T>): Observable<T> {
    return new Observable<T>((subscriber) => {
      this.#shell.take({ kind: "follow" });
      return stream$.subscribe(subscriber);
    });
  }
}
