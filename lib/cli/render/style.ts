/** How a piece of text stands out. */
export type Style = "plain" | "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Puts a style on a text that contains no escapes of its own. */
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Exclude<Style, "plain">, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Leaves every text as it is. */
export const plainly: Paint = (_, text) => text;

/** Marks text with the escapes of a terminal. */
export const inColour: Paint = (style, text) => {
  if (style === "plain" || text === "") return text;
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};
