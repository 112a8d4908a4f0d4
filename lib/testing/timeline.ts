/** Something planned; it can be called off. */
export interface Planned {
  readonly atMs: number;
  cancel(): void;
}

interface Event extends Planned {
  readonly order: number;
  act: (() => void) | null;
}

/**
 * Virtual time: a queue of events in the order of their times, and of their planning where times
 * are equal. Nothing happens between two events, so an hour costs what happens in it.
 */
export class Timeline {
  /** A binary heap; the next event is first. */
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #planned = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the next event is due; Infinity where nothing is planned. */
  get nextMs(): number {
    this.#skipCancelled();
    return this.#heap[0]?.atMs ?? Infinity;
  }

  /** Plans an act; one that is planned for the past happens next. */
  at(atMs: number, act: () => void): Planned {
    const event: Event = {
      atMs: Math.max(this.#nowMs, atMs),
      order: this.#planned,
      act,
      cancel: () => {
        event.act = null;
      },
    };
    this.#planned += 1;
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  after(pauseMs: number, act: () => void): Planned {
    return this.at(this.#nowMs + pauseMs, act);
  }

  /** Does the next thing; false where there is none. */
  step(): boolean {
    this.#skipCancelled();
    const event = this.#take();
    if (event === undefined) return false;
    this.#nowMs = event.atMs;
    event.act?.();
    return true;
  }

  /** Lets time pass in which nothing happens. */
  advanceTo(nowMs: number): void {
    if (nowMs > this.#nowMs && nowMs <= this.nextMs) this.#nowMs = nowMs;
  }

  #skipCancelled(): void {
    while (this.#heap[0]?.act === null) this.#take();
  }

  #take(): Event | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    this.#heap[0] = last;
    this.#sink(0);
    return first;
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isSooner(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    let at = from;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (this.#isSooner(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isSooner(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one !== undefined && other !== undefined) [this.#heap[a], this.#heap[b]] = [other, one];
  }
}
