/**
 * Text for a terminal. Ids, tags and metadata come from other machines, so whatever could move the
 * cursor, change colours or turn the reading direction is shown as an escape instead of being sent.
 */

/** Control, format (bidi, zero width), line and paragraph separators, halves of surrogate pairs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same within JSON text, where the C0 controls are escaped already. */
const HIDDEN_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}]+$/u;
/** What terminals give two columns: emoji, and East Asian wide and fullwidth characters. */
const WIDE =
  /\p{Emoji_Presentation}|\u{fe0f}|[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{16fe0}-\u{1b2ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = "…";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text with everything that a terminal would act upon written as `\x1b` or `\u{202e}`. */
export function visible(text: string): string {
  return text.replaceAll(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** One value as JSON on one line, safe to show on a terminal. */
export function jsonLine(value: object): string {
  return safeJson(JSON.stringify(value));
}

/** JSON text that is safe to show on a terminal and means the same. */
export function safeJson(json: string): string {
  return json.replaceAll(HIDDEN_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}

/** JSON text of a log line in which what a terminal would act upon is shown, as `visible` does. */
export function visibleJson(json: string): string {
  return json.replaceAll(HIDDEN_IN_JSON, (character) => visible(character).replace("\\", "\\\\"));
}

/** Terminal columns that the text takes; wide characters take two. Exact enough for a table. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

/** The text cut to at most this many columns, with an ellipsis where something is missing. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + widthOfGrapheme(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return kept + ELLIPSIS;
}

/** The text with blanks up to this many columns, before it or after it. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + blanks : blanks + text;
}

function widthOfGrapheme(segment: string): number {
  if (ZERO_WIDTH.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}
