/** Lines that a trace keeps unless told otherwise. */
const LINES_MAX = 2000;

/** One line of what happened. */
export interface TraceLine {
  readonly atMs: number;
  /** The node it happened at or to. */
  readonly node: string;
  readonly text: string;
}

/** What happened, the latest part of it: bounded, so that a long run does not fill the memory. */
export class Trace {
  readonly #linesMax: number;
  #lines: TraceLine[] = [];
  #dropped = 0;

  constructor(linesMax: number = LINES_MAX) {
    this.#linesMax = linesMax;
  }

  /** The lines kept, oldest first. */
  get lines(): readonly TraceLine[] {
    return this.#lines;
  }

  /** Earlier lines that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  add(line: TraceLine): void {
    this.#lines.push(line);
    // Half at a time, so that a full trace costs no more than an empty one.
    if (this.#lines.length < 2 * this.#linesMax) return;
    this.#dropped += this.#lines.length - this.#linesMax;
    this.#lines = this.#lines.slice(-this.#linesMax);
  }

  /** The last lines as text, with times in seconds. */
  render(lines: number = this.#linesMax): string {
    const shown = this.#lines.slice(-lines);
    const earlier = this.#dropped + this.#lines.length - shown.length;
    const head = earlier > 0 ? [`  (${earlier} earlier lines)`] : [];
    return [...head, ...shown.map(renderLine)].join("\n");
  }
}

function renderLine({ atMs, node, text }: TraceLine): string {
  return `${(atMs / 1000).toFixed(4).padStart(10)}  ${node.padEnd(10)} ${text}`;
}
