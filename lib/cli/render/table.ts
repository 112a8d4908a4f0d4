import type { Paint, Style } from "./style.ts";
import { fit, pad, visible, widthOf } from "./text.ts";

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** It may be cut down to this many columns of the terminal. Default: never cut. */
  readonly least?: number;
  /** Columns with the lowest rank are left out first where all do not fit. */
  readonly rank: number;
  /** Left out where no row has anything in it. */
  readonly optional?: boolean;
}

/** What stands in one place. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** A table before it is laid out; each row has one cell per column. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

interface Sized {
  readonly at: number;
  readonly column: Column;
  width: number;
}

const GAP = "  ";

/**
 * Lays a table out in at most `width` terminal columns: long cells are cut first, then the least
 * important columns are left out. Every cell is made safe to show. The first line is the head.
 */
export function layTable(table: Table, width: number, paint: Paint): readonly string[] {
  const rows = table.rows.map((row) => row.map((cell) => ({ ...cell, text: visible(cell.text) })));
  const sized = shrunk(measured(table.columns, rows), width);
  const head = line(sized, (column) => ({ text: column.title, style: "bold" }), paint);
  return [head, ...rows.map((row) => line(sized, (_, at) => row[at] ?? { text: "" }, paint))];
}

/** Pieces on one line of at most `width` terminal columns; what does not fit is cut at the end. */
export function layLine(cells: readonly Cell[], width: number, paint: Paint): string {
  let room = width;
  const shown = cells.flatMap(({ text, style = "plain" }) => {
    const piece = fit(visible(text), room);
    room -= widthOf(piece) + GAP.length;
    return piece === "" ? [] : [paint(style, piece)];
  });
  return shown.join(GAP).trimEnd();
}

function measured(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): readonly Sized[] {
  return columns.flatMap((column, at) => {
    const widest = Math.max(0, ...rows.map((row) => widthOf(row[at]?.text ?? "")));
    if (column.optional === true && widest === 0) return [];
    return [{ at, column, width: Math.max(widest, widthOf(column.title)) }];
  });
}

function shrunk(all: readonly Sized[], width: number): readonly Sized[] {
  let kept = all;
  while (kept.length > 1 && leastOf(kept) > width) {
    const lowest = Math.min(...kept.map(({ column }) => column.rank));
    kept = kept.filter(({ column }) => column.rank !== lowest);
  }
  for (let excess = totalOf(kept) - width; excess > 0; excess -= 1) {
    const widest = kept
      .filter((sized) => sized.width > floorOf(sized))
      .toSorted((a, b) => b.width - a.width)[0];
    if (widest === undefined) break;
    widest.width -= 1;
  }
  return kept;
}

function floorOf({ column, width }: Sized): number {
  return column.least === undefined ? width : Math.max(column.least, widthOf(column.title));
}

function leastOf(sized: readonly Sized[]): number {
  return totalOf(sized.map((one) => ({ ...one, width: Math.min(one.width, floorOf(one)) })));
}

function totalOf(sized: readonly Sized[]): number {
  return sized.reduce((sum, { width }) => sum + width, GAP.length * (sized.length - 1));
}

function line(
  sized: readonly Sized[],
  cellOf: (column: Column, at: number) => Cell,
  paint: Paint,
): string {
  return sized
    .map(({ at, column, width }, place) => {
      const { text, style = "plain" } = cellOf(column, at);
      const shown = fit(text, width);
      const isLast = place === sized.length - 1 && column.align !== "right";
      const padding = pad("", isLast ? 0 : width - widthOf(shown));
      return column.align === "right"
        ? padding + paint(style, shown)
        : paint(style, shown) + padding;
    })
    .join(GAP)
    .trimEnd();
}
