import { nowMs } from "../host/clock.ts";

/** So often at most the time of one turn is given out, in case a turn is long. */
const READS_MAX = 256;

/** A moment, shared by all who asked in the same turn of the event loop. */
export interface Turn {
  readonly ms: number;
}

/**
 * The time of the present turn of the event loop. Reading the clock costs more than a whole pick, so
 * it is read once per turn; within a long turn every 256th time. A clock that was handed in is read
 * each time.
 */
export class TurnClock {
  readonly #read: () => number;
  readonly #isKept: boolean;
  readonly #onTurn: (nowMs: number) => void;
  #turn: Turn = { ms: 0 };
  #left = 0;
  #end: NodeJS.Immediate | null = null;

  /** `onTurn` is called with each new time. */
  constructor(read: (() => number) | undefined, onTurn: (nowMs: number) => void) {
    this.#read = read ?? nowMs;
    this.#isKept = read === undefined;
    this.#onTurn = onTurn;
  }

  /** The time, as old as this turn. */
  get turn(): Turn {
    if (this.#left === 0) this.#renew();
    else this.#left -= 1;
    return this.#turn;
  }

  /** The time, exactly. */
  get exactMs(): number {
    return this.#read();
  }

  stop(): void {
    if (this.#end !== null) clearImmediate(this.#end);
    this.#end = null;
    this.#left = 0;
  }

  #renew(): void {
    this.#turn = { ms: this.#read() };
    if (this.#isKept) {
      this.#left = READS_MAX;
      this.#end ??= setImmediate(() => {
        this.#end = null;
        this.#left = 0;
      }).unref();
    }
    this.#onTurn(this.#turn.ms);
  }
}
