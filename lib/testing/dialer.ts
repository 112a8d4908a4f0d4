import type { World } from "./network.ts";
import type { Host } from "./process.ts";
import type { Random } from "./random.ts";
import type { Planned } from "./timeline.ts";

/** Who connects whom, and what to do when they are connected. */
export interface DialerOptions {
  readonly world: World;
  readonly random: Random;
  readonly client: Host;
  /** The name of the host that is dialled. */
  readonly endpoint: string;
  /** The process that listens there at this moment, or null where none does. */
  readonly listener: () => Host | null;
  /** Shortest pause between two attempts; up to twice that, as libzmq adds jitter. */
  readonly reconnectMs: number;
  readonly connected: () => void;
}

/**
 * Connects, again and again until told to stop, as the transport does by itself. A dead process
 * refuses at once, an unreachable host says nothing, and one that stands still is reached by TCP
 * but does not finish the handshake until it goes on.
 */
export class Dialer {
  readonly #options: DialerOptions;
  #next: Planned | null = null;
  #stopWaiting: (() => void) | null = null;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** Tries at once. */
  start(): void {
    this.stop();
    this.#next = this.#after(this.#travelMs(), () => this.#arrive());
  }

  /** Tries after the pause that follows a failure or a loss. */
  retry(): void {
    this.stop();
    const { reconnectMs, random } = this.#options;
    this.#next = this.#after(reconnectMs * (1 + random.next()), () => this.start());
  }

  stop(): void {
    this.#next?.cancel();
    this.#next = null;
    this.#stopWaiting?.();
    this.#stopWaiting = null;
  }

  #arrive(): void {
    const { world, client, endpoint, listener } = this.#options;
    const { network } = world;
    const host = listener();
    if (client.isDead) return;
    if (network.isBlocked(client.name, endpoint) || network.isBlocked(endpoint, client.name)) {
      this.#next = this.#after(network.options.dialRetryMs, () => this.start());
      return;
    }
    if (host === null) {
      this.#next = this.#after(this.#travelMs(), () => this.retry());
      return;
    }
    const sleeper = [client, host].find((one) => !one.isRunning);
    if (sleeper === undefined) return this.#options.connected();
    this.#stopWaiting = sleeper.onResume(() => {
      this.#stopWaiting?.();
      this.#stopWaiting = null;
      this.#arrive();
    });
  }

  #travelMs(): number {
    const { world, random } = this.#options;
    return random.within(world.network.options.delayMs);
  }

  #after(pauseMs: number, act: () => void): Planned {
    return this.#options.world.timeline.after(pauseMs, act);
  }
}
