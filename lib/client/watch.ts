import type { Observable } from "rxjs";
import type { Change } from "../core/changes.ts";
import type { ExplanationOf } from "../core/explainer.ts";
import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import type { Recording } from "../core/recording.ts";
import { ALL } from "../core/topics.ts";
import type { View } from "../core/view.ts";
import { loggerFor } from "../host/log.ts";
import { newInstance } from "../host/instance.ts";
import { closeOnAbort } from "../host/wait.ts";
import type { WaitOptions } from "../host/wait.ts";
import { settleClientKeys } from "../keys/options.ts";
import { checkWatch, nameOf, servicesOf, targetsOf, tuningOf } from "./options.ts";
import type { WatchOptions } from "./options.ts";
import { ClientShell } from "./shell.ts";
import type { ConnectionState } from "./streams.ts";

/** A consumer of one service, several, or all. */
export interface Watcher extends AsyncDisposable {
  /**
   * Usable peers, sorted by id: nothing before the first snapshot, then the latest for each
   * subscriber; at most one emission per turn of the event loop; never fails because of the
   * network; completes on close.
   */
  readonly peers$: Observable<readonly Peer[]>;
  /** The list with suspects and how far it can be trusted; shared like `peers$`. */
  readonly view$: Observable<View>;
  /** Differences of successive `peers$`, starting with those present. */
  readonly changes$: Observable<Change>;
  readonly connection$: Observable<ConnectionState>;
  /** The latest of `peers$`; empty before the first snapshot. */
  readonly peers: readonly Peer[];
  /** The latest of `view$`; revision 0 before the first snapshot. */
  readonly view: View;
  /** Resolves with the first snapshot; rejects with `ERR_ABORTED`, `ERR_CLOSED` or the code of a refusal. */
  ready(options?: WaitOptions): Promise<void>;
  /** What the registrar remembers of one peer. Rejects with `ERR_NEEDS_SURVEY` on a roster endpoint. */
  explain(service: string, id: string, options?: WaitOptions): Promise<ExplanationOf | undefined>;
  /**
   * Everything a registrar remembers of its peers, present and departed, with causes and times: of
   * one service, or of all with `*`, the default. Of several registrars the first answers that is
   * connected. Rejects with `ERR_NEEDS_SURVEY` on a roster endpoint.
   */
  record(service?: string, options?: WaitOptions): Promise<Recording>;
  /**
   * Tells the registrars that this peer cannot be reached from here, or can again. When enough
   * consumers agree it is suspect for all until their reports expire (`reportTtlMs` of the
   * registrar), so a report is repeated as long as it holds. Throws `ERR_NEEDS_SURVEY` on a roster
   * endpoint. A report that no registrar hears is lost.
   */
  report(peer: Pick<Peer, "service" | "id" | "instance">, isUnreachable: boolean): void;
  /** Idempotent; leaves no socket and no timer. */
  close(): Promise<void>;
}

/**
 * Watches services. Returns at once; throws `ERR_OPTION` or `ERR_ENDPOINT` before any socket is
 * made. A registrar that is not there yet is waited for.
 */
export function watch(options: WatchOptions): Watcher {
  checkWatch(options);
  const targets = targetsOf(options);
  const isAborted = options.signal?.aborted === true;
  const shell = new ClientShell({
    targets,
    services: servicesOf(options.service, "service"),
    ...newInstance(),
    identity: null,
    showing: null,
    tuning: tuningOf(options),
    keys: settleClientKeys(options.keys, targets.length),
    logger: loggerFor(options.logger),
    isAborted,
  });
  const watcher = new WatcherHandle(
    shell,
    targets.some((target) => target.hasSurvey),
  );
  watcher.closeBy(options.signal);
  if (isAborted) void watcher.close();
  else shell.take({ kind: "start" });
  return watcher;
}

class WatcherHandle implements Watcher {
  readonly #shell: ClientShell;
  readonly #isNamed: boolean;
  #closing: Promise<void> | null = null;
  #release: () => void = () => {};

  constructor(shell: ClientShell, isNamed: boolean) {
    this.#shell = shell;
    this.#isNamed = isNamed;
  }

  get peers$(): Observable<readonly Peer[]> {
    return this.#shell.streams.peers$;
  }

  get view$(): Observable<View> {
    return this.#shell.streams.view$;
  }

  get changes$(): Observable<Change> {
    return this.#shell.streams.changes$;
  }

  get connection$(): Observable<ConnectionState> {
    return this.#shell.streams.connection$;
  }

  get peers(): readonly Peer[] {
    return this.#shell.streams.peers;
  }

  get view(): View {
    return this.#shell.streams.view;
  }

  ready(options?: WaitOptions): Promise<void> {
    return this.#shell.ready(options);
  }

  async explain(
    service: string,
    id: string,
    options?: WaitOptions,
  ): Promise<ExplanationOf | undefined> {
    if (!this.#isNamed) throw new RollcallError("ERR_NEEDS_SURVEY", "explain");
    return this.#shell.inquiries.explain(nameOf("service", service), nameOf("id", id), options);
  }

  async record(service: string = ALL, options?: WaitOptions): Promise<Recording> {
    if (!this.#isNamed) throw new RollcallError("ERR_NEEDS_SURVEY", "record");
    const name = service === ALL ? ALL : nameOf("service", service);
    return this.#shell.inquiries.record(name, options);
  }

  report(peer: Pick<Peer, "service" | "id" | "instance">, isUnreachable: boolean): void {
    if (!this.#isNamed) throw new RollcallError("ERR_NEEDS_SURVEY", "report");
    const service = nameOf("service", peer.service);
    const id = nameOf("id", peer.id);
    this.#shell.take({ kind: "report", service, id, instance: peer.instance, isUnreachable });
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

  async #close(): Promise<void> {
    this.#release();
    this.#shell.take({ kind: "leave", proofMs: 0 });
    await this.#shell.close();
  }
}
