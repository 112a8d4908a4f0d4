import type { World } from "./network.ts";
import type { Random } from "./random.ts";
import type { Planned } from "./timeline.ts";

/** A deterministic machine, as `Surveyor` and `Client` are. */
export interface Machine<I, E> {
  handle(input: I, nowMs: number, urgent: (effect: E) => void): readonly E[];
  readonly nextDeadlineMs: number;
}

/** What a connection has to know of the process at one of its ends. */
export interface Host {
  readonly name: string;
  readonly isDead: boolean;
  /** It reads what arrives. */
  readonly isRunning: boolean;
  /** Calls back whenever the process goes on after it stood still, and once when it dies. */
  onResume(listener: () => void): () => void;
}

/** Wake-ups in a row at one moment that nobody needs. */
const SPIN_MAX = 1000;

/**
 * One process around one machine, as the real shells are: it feeds the machine one input at a
 * time, performs the effects, and arms one timer. It can be stopped (SIGSTOP), blocked (a busy
 * event loop) and killed.
 */
export class Process<I, E> implements Host {
  readonly name: string;
  readonly machine: Machine<I, E>;
  readonly #world: World;
  readonly #random: Random;
  readonly #wake: () => void;
  readonly #perform: (effects: readonly E[]) => void;
  readonly #listeners = new Set<() => void>();
  readonly #ring = (): void => this.#rang();
  #timer: Planned | null = null;
  #dueMs = Infinity;
  #stops = 0;
  #stalls = 0;
  #isDead = false;
  #wokeMs = -1;
  #wakes = 0;

  constructor(options: {
    readonly name: string;
    readonly world: World;
    readonly machine: Machine<I, E>;
    /** Feeds the input that lets the machine look at the clock. */
    readonly wake: () => void;
    readonly perform: (effects: readonly E[]) => void;
  }) {
    this.name = options.name;
    this.machine = options.machine;
    this.#world = options.world;
    this.#random = options.world.random.fork(`process ${options.name}`);
    this.#wake = options.wake;
    this.#perform = options.perform;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isRunning(): boolean {
    return !this.#isDead && this.#stops === 0 && this.#stalls === 0;
  }

  onResume(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Hands one input to the machine. A process that does not run must not be fed. */
  feed(input: I): void {
    if (this.#isDead) return;
    try {
      const urgent: E[] = [];
      const { nowMs } = this.#world.timeline;
      const rest = this.machine.handle(input, nowMs, (effect) => void urgent.push(effect));
      this.#perform([...urgent, ...rest]);
    } catch (error) {
      this.#world.broken(
        this.name,
        `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    this.#arm();
  }

  /** SIGSTOP. Stops add up; each is ended by one `continue`. */
  stop(): void {
    this.#stops += 1;
    this.#silence();
  }

  /** SIGCONT. */
  continue(): void {
    if (this.#stops === 0) return;
    this.#stops -= 1;
    this.#resume();
  }

  /** Something blocks the event loop, until `unblock`. */
  block(): void {
    this.#stalls += 1;
    this.#silence();
  }

  unblock(): void {
    if (this.#stalls === 0) return;
    this.#stalls -= 1;
    this.#resume();
  }

  /** SIGKILL: nothing of the process is left. */
  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#silence();
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Whether the timer or the sockets come first after a pause is anybody's guess. */
  #resume(): void {
    if (!this.isRunning) return;
    const { timeline } = this.#world;
    const wake = (): void => this.#fire();
    for (const act of this.#random.shuffled([wake, ...this.#listeners])) {
      timeline.at(timeline.nowMs, act);
    }
  }

  #arm(): void {
    if (!this.isRunning) return;
    const next = this.machine.nextDeadlineMs;
    if (Number.isNaN(next)) this.#world.broken(this.name, "its next deadline is not a number");
    const { timeline, network } = this.#world;
    const isNever = !Number.isFinite(next) && next > 0;
    this.#dueMs = isNever
      ? Infinity
      : Math.max(timeline.nowMs, next) + this.#random.within(network.options.timerMs);
    // One that fires too early is set again then: deadlines mostly move away.
    if (this.#timer !== null && this.#timer.atMs <= this.#dueMs) return;
    this.#timer?.cancel();
    this.#timer = isNever ? null : timeline.at(this.#dueMs, this.#ring);
  }

  #rang(): void {
    const { timeline } = this.#world;
    this.#timer = null;
    if (!this.isRunning || this.#dueMs === Infinity) return;
    if (timeline.nowMs < this.#dueMs) this.#timer = timeline.at(this.#dueMs, this.#ring);
    else this.#fire();
  }

  #silence(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #fire(): void {
    if (!this.isRunning) return;
    const { nowMs } = this.#world.timeline;
    this.#wakes = nowMs === this.#wokeMs ? this.#wakes + 1 : 0;
    this.#wokeMs = nowMs;
    if (this.#wakes === SPIN_MAX)
      this.#world.broken(this.name, "wakes up again and again at one moment");
    if (this.#wakes < SPIN_MAX) this.#wake();
  }
}
