import { Agent, Dispatcher, Pool } from "undici";
import { RollcallError } from "../../core/errors.ts";
import type { Peer } from "../../core/peer.ts";
import { watch } from "../../client/watch.ts";
import { closeOnAbort } from "../../host/wait.ts";
import type { Balancer } from "../balancer.ts";
import { Exchange } from "./exchange.ts";
import { Line } from "./line.ts";
import type { PeerSource } from "../source.ts";
import { numbersOf } from "./options.ts";
import type { DispatcherNumbers, DispatcherOptions } from "./options.ts";
import { Targets } from "./target.ts";

/** Services that are balanced at one time. */
const LINES_MAX = 1000;

/** An undici dispatcher that also knows services by their names. */
export class RollcallDispatcher extends Dispatcher implements AsyncDisposable {
  readonly #options: DispatcherOptions;
  readonly #numbers: DispatcherNumbers;
  readonly #targets: Targets;
  readonly #source: PeerSource;
  readonly #closeSource: () => Promise<void>;
  readonly #lines = new Map<string, Line>();
  readonly #release: () => void;
  #agent: Agent | null = null;
  #ending: Promise<void> | null = null;

  constructor(options: DispatcherOptions) {
    super();
    this.#options = options;
    this.#numbers = numbersOf(options);
    this.#targets = new Targets(this.#numbers.suffix);
    const { registrar, roster, services = "*", logger } = options;
    if (options.watcher === undefined) {
      const watcher = watch({ registrar, roster, service: services, logger });
      this.#source = watcher;
      this.#closeSource = () => watcher.close();
    } else {
      this.#source = options.watcher;
      this.#closeSource = async () => {};
    }
    this.#release = closeOnAbort(options.signal, { close: () => this.close() });
  }

  /** The balancer of a service that was used, for its `report()`. */
  balancer(service: string): Balancer | undefined {
    return [...this.#lines].find(([name]) => name.endsWith(`//${service}`))?.[1].balancer;
  }

  /**
   * Sends a request to a peer of the service that its origin names, or where else it leads. Always
   * true: there is no peer to wait for while others are free.
   */
  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    try {
      if (this.#ending !== null) throw new RollcallError("ERR_CLOSED");
      const target = this.#targets.of(options.origin);
      if (target.kind === "elsewhere") return this.#elsewhere().dispatch(options, handler);
      const { service, protocol, host } = target;
      new Exchange(this.#lineOf(service, protocol), { options, handler, host }).start();
    } catch (error) {
      refuse(handler, error as Error);
    }
    return true;
  }

  /** Lets requests finish, then closes connections and the watcher. Idempotent. */
  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | void {
    this.#ending ??= this.#end((part) => part.close());
    if (callback === undefined) return this.#ending;
    void this.#ending.then(callback);
  }

  /** Ends requests with an error, then closes everything. */
  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(first?: Error | (() => void) | null, second?: () => void): Promise<void> | void {
    const error = typeof first === "function" || first === undefined ? null : first;
    const callback = typeof first === "function" ? first : second;
    const ended = this.#end((part) => part.destroy(error ?? new RollcallError("ERR_CLOSED")));
    this.#ending ??= ended;
    if (callback === undefined) return ended;
    void ended.then(callback);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(end: (part: Line | Agent) => Promise<void>): Promise<void> {
    this.#release();
    const parts = [...this.#lines.values(), ...(this.#agent === null ? [] : [this.#agent])];
    await Promise.all(parts.map(end));
    await this.#closeSource();
  }

  #elsewhere(): Agent {
    this.#agent ??= new Agent();
    return this.#agent;
  }

  #lineOf(service: string, protocol: string): Line {
    const name = `${protocol}://${service}`;
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    if (this.#lines.size >= LINES_MAX) this.#forgetEmpty();
    const { balancer = {}, keyOf = () => undefined, pool, scope } = this.#options;
    const { waitMs, retriesMax, budget } = this.#numbers;
    const line = new Line(service, this.#source, {
      balancer,
      keyOf,
      waitMs,
      retriesMax,
      budget,
      url: { protocol, scope },
      isLost: (peer) => this.#isLost(peer),
      openPool: (url) => new Pool(url, pool),
    });
    this.#lines.set(name, line);
    return line;
  }

  /** Names come from callers, who may have them from strangers. */
  #forgetEmpty(): void {
    for (const [name, line] of this.#lines) {
      if (!line.isEmpty) continue;
      this.#lines.delete(name);
      void line.close();
    }
    if (this.#lines.size >= LINES_MAX) {
      throw new RollcallError("ERR_LIMIT", `${LINES_MAX} services are balanced`);
    }
  }

  #isLost({ instance }: Peer): boolean {
    const found = this.#source.view?.peers.find((peer) => peer.instance === instance);
    return found?.standing === "suspect";
  }
}

/** Fails a request before it has begun, as undici's own dispatchers do. */
function refuse(handler: Dispatcher.DispatchHandler, error: Error): void {
  if (handler.onResponseError !== undefined) {
    handler.onResponseError(REFUSED, error);
    return;
  }
  if (handler.onError === undefined) throw error;
  handler.onError(error);
}

/** The controller of a request that never began. */
const REFUSED: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
};
