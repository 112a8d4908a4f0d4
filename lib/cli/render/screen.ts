import type { Output } from "../io.ts";

/** Alternate screen, hidden cursor, and no wrapping where a terminal takes a character for wider. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
/** Frames follow each other no faster than the eye, however many changes there are. */
const FRAME_MS = 50;
/** Ages grow without any change. */
const REFRESH_MS = 1000;

/**
 * A terminal page that is drawn over and over: the alternate screen, so that what was there before
 * comes back in the end. Whoever opens it closes it, also on errors.
 */
export class Screen {
  readonly #output: Output;
  readonly #render: () => readonly string[];
  readonly #onResize = (): void => this.draw();
  readonly #onExit = (): void => void this.#output.write(LEAVE);
  #refresh: NodeJS.Timeout | null = null;
  #pending: NodeJS.Timeout | null = null;
  #drawnMs = -Infinity;

  /** `render` gives the lines of one frame; they have to fit the terminal. */
  constructor(output: Output, render: () => readonly string[]) {
    this.#output = output;
    this.#render = render;
  }

  open(): void {
    this.#output.write(ENTER);
    this.#output.on("resize", this.#onResize);
    process.on("exit", this.#onExit);
    this.#refresh = setInterval(() => this.draw(), REFRESH_MS);
    this.draw();
  }

  /** Draws now, or in a moment where a frame was drawn just before. */
  draw(): void {
    if (this.#refresh === null || this.#pending !== null) return;
    const waitMs = Math.max(0, this.#drawnMs + FRAME_MS - performance.now());
    if (waitMs === 0) return this.#drawNow();
    this.#pending = setTimeout(() => this.#drawNow(), waitMs);
  }

  /** Gives the terminal back and leaves the last frame on it. */
  close(): void {
    if (this.#refresh === null) return;
    clearInterval(this.#refresh);
    this.#refresh = null;
    if (this.#pending !== null) clearTimeout(this.#pending);
    this.#output.off("resize", this.#onResize);
    process.off("exit", this.#onExit);
    this.#output.write(`${LEAVE}${this.#render().join("\n")}\n`);
  }

  #drawNow(): void {
    this.#pending = null;
    this.#drawnMs = performance.now();
    // Cleared first: at the end of a full line the cursor stands on its last character.
    const lines = this.#render().map((line) => `${CLEAR_LINE}${line}`);
    this.#output.write(`${HOME}${lines.join("\r\n")}${CLEAR_BELOW}`);
  }
}
