/** Text that is safe between tags and in attributes. */
export function escaped(text: string): string {
  const NAMES: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replaceAll(/[&<>"]/g, (sign) => NAMES[sign] ?? sign);
}

/** A rectangle in the picture, in its units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle of a class; the title is shown when the mouse rests on it. */
export function rect(kind: string, { x, y, width, height }: Box, title = ""): string {
  const inner = title === "" ? "/>" : `><title>${escaped(title)}</title></rect>`;
  const corner = height > 8 ? ' rx="2"' : "";
  return `<rect class="${kind}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"${corner}${inner}`;
}

/** A straight line of a class. */
export function line(
  kind: string,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
): string {
  const [x1, y1] = from;
  const [x2, y2] = to;
  return `<line class="${kind}" x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}"/>`;
}

/** A word of a class. */
export function word(kind: string, at: readonly [x: number, y: number], text: string): string {
  return `<text class="${kind}" x="${short(at[0])}" y="${short(at[1])}">${escaped(text)}</text>`;
}

/** Coordinates are precise to a tenth, which keeps the page small. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Where moments lie in a picture. */
export class Scale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly left: number;
  readonly right: number;

  constructor(of: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly left: number;
    readonly right: number;
  }) {
    this.fromMs = of.fromMs;
    this.toMs = of.toMs;
    this.left = of.left;
    this.right = of.right;
  }

  /** The place of a moment; what lies outside is at the edge. */
  x(atMs: number): number {
    const share = (atMs - this.fromMs) / Math.max(1, this.toMs - this.fromMs);
    return this.left + Math.min(1, Math.max(0, share)) * (this.right - this.left);
  }

  /** A stretch of time as a box, never too thin to be seen; undefined where it lies outside. */
  box(
    span: { readonly fromMs: number; readonly toMs: number },
    y: number,
    height: number,
  ): Box | undefined {
    if (span.toMs <= this.fromMs || span.fromMs >= this.toMs) return undefined;
    const x = this.x(span.fromMs);
    return { x, y, width: Math.max(MARK_WIDTH, this.x(span.toMs) - x), height };
  }

  /** Round moments, in seconds from the beginning. */
  get ticks(): readonly number[] {
    const seconds = (this.toMs - this.fromMs) / 1000;
    const step = STEPS.find((each) => seconds / each <= TICKS_MAX) ?? seconds;
    return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, at) => at * step);
  }
}

const MARK_WIDTH = 1.2;
const TICKS_MAX = 20;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300];
