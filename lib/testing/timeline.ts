/** Something planned; it can be called off. */
export interface Planned {
  readonly atMs: number;
  cancel(): void;
}

/** A class, because millions of them are made and thrown away. */
class Event implements Planned {
  readonly atMs: number;
  readonly order: number;
  act: (() => void) | null;

  constructor(atMs: number, order: number, act: () => void) {
    this.atMs = atMs;
    this.order = order;
    this.act = act;
  }

  cancel(): void {
    this.act = null;
  }
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
    const event = new Event(Math.max(this.#nowMs, atMs), this.#planned, act);
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
    const heap = this.#heap;
    const event = heap[from];
    let at = from;
    while (at > 0 && event !== undefined) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isSooner(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    if (event !== undefined) heap[at] = event;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const event = heap[from];
    if (event === undefined) return;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      let below = heap[child];
      const other = heap[child + 1];
      if (below !== undefined && other !== undefined && isSooner(other, below)) {
        child += 1;
        below = other;
      }
      if (below === undefined || !isSooner(below, event)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = event;
  }
}

function isSooner(a: Event, b: Event): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
