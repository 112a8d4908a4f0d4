/** Requests served in one step: what is left waits a turn, so that a flood of them stops nobody. */
const SERVED_MAX = 64;

/** One private subscription that waits for its snapshot. */
export interface SnapshotRequest {
  readonly topic: string;
  readonly service: string;
}

/**
 * The queue of snapshot requests and the budget they are served from. Requests are served in
 * order; one that is cancelled costs nothing; bytes per second are bounded, so that a crowd of
 * late watchers cannot delay the changes for everybody else.
 */
export class SnapshotDesk {
  readonly #bytesPerSecond: number;
  readonly #requestsMax: number;
  readonly #waiting = new Map<string, SnapshotRequest>();
  #tokens: number;
  #filledMs: number;

  constructor(
    options: { readonly bytesPerSecond: number; readonly requestsMax: number },
    nowMs: number,
  ) {
    this.#bytesPerSecond = options.bytesPerSecond;
    this.#requestsMax = options.requestsMax;
    this.#tokens = options.bytesPerSecond;
    this.#filledMs = nowMs;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** False where too many wait already: the watcher asks again after its timeout. */
  request(request: SnapshotRequest): boolean {
    if (this.#waiting.size >= this.#requestsMax) return false;
    this.#waiting.set(request.topic, request);
    return true;
  }

  cancel(topic: string): void {
    this.#waiting.delete(topic);
  }

  /** Nobody who asked is there any more. */
  clear(): void {
    this.#waiting.clear();
  }

  /**
   * The requests to serve now. One is served as soon as there is any budget, so that no snapshot is
   * too large for it, and may leave a debt that those after it wait for.
   */
  due(nowMs: number, bytesOf: (service: string) => number): SnapshotRequest[] {
    this.#fill(nowMs);
    const served: SnapshotRequest[] = [];
    for (const request of this.#waiting.values()) {
      if (this.#tokens <= 0 || served.length >= SERVED_MAX) break;
      this.#tokens -= bytesOf(request.service);
      this.#waiting.delete(request.topic);
      served.push(request);
    }
    return served;
  }

  nextMs(): number {
    if (this.#waiting.size === 0) return Infinity;
    if (this.#tokens > 0) return this.#filledMs;
    return this.#filledMs + Math.ceil((1 - this.#tokens) / (this.#bytesPerSecond / 1000));
  }

  #fill(nowMs: number): void {
    const earned = ((nowMs - this.#filledMs) * this.#bytesPerSecond) / 1000;
    this.#tokens = Math.min(this.#bytesPerSecond, this.#tokens + Math.max(0, earned));
    this.#filledMs = nowMs;
  }
}
