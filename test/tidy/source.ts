/**
 * Reads the tree and cuts TypeScript into tokens. TypeScript 7 has no programming interface, so the
 * checks of this folder stand on these words, strings and comments instead of a syntax tree.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Made by tools, never written by hand. */
const MADE = new Set(["node_modules", "dist", ".git", ".tmp", "coverage"]);

export interface SourceFile {
  /** From the top of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Files under a folder whose path ends so, sorted. */
export function filesUnder(folder: string, ending = ""): readonly SourceFile[] {
  return walk(join(ROOT, folder))
    .filter((path) => path.endsWith(ending))
    .map((path) => ({
      path: relative(ROOT, path).split(sep).join("/"),
      text: readFileSync(path, "utf8"),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return MADE.has(entry.name) ? [] : walk(path);
    return entry.isFile() && !entry.name.endsWith(".tgz") ? [path] : [];
  });
}

export interface Token {
  readonly kind: "word" | "number" | "string" | "template" | "regex" | "comment" | "mark";
  /** As written; of a string, what is between the quotes. */
  readonly text: string;
  readonly line: number;
}

const SHAPES: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /\s+/y],
  ["comment", /\/\/[^\n]*|\/\*[\s\S]*?\*\/|^#![^\n]*/y],
  ["string", /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y],
  ["word", /[#@]?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy],
  ["number", /\d[\w.]*|\.\d\w*/y],
];
const REGEX = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
/** After one of these a slash begins a regular expression, though they look like values. */
const BEFORE_VALUE = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/;

/** Cuts a source into tokens. What stands in `${}` of a template is cut like the rest. */
function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  /** For each open template: how many braces are open inside its `${}`. */
  const holes: number[] = [];
  let at = 0;
  let line = 1;
  const take = (kind: Token["kind"] | "space", length: number): void => {
    const raw = text.slice(at, at + length);
    if (kind !== "space") {
      found.push({ kind, text: kind === "string" ? raw.slice(1, -1) : raw, line });
    }
    line += raw.split("\n").length - 1;
    at += length;
  };
  while (at < text.length) {
    const next = shapeAt(
      text,
      at,
      found.findLast((token) => token.kind !== "comment"),
    );
    if (next !== undefined) {
      take(next.kind, next.length);
      continue;
    }
    const mark = text[at];
    const inHole = holes.at(-1);
    if (mark === "`" || (mark === "}" && inHole === 0)) {
      if (mark === "}") holes.pop();
      const length = templateLength(text, at);
      if (text[at + length - 1] === "{") holes.push(0);
      take("template", length);
      continue;
    }
    if (inHole !== undefined && mark === "{") holes.push((holes.pop() ?? 0) + 1);
    if (inHole !== undefined && mark === "}") holes.push((holes.pop() ?? 0) - 1);
    take("mark", 1);
  }
  return found;
}

/** From a backtick or the brace that ends a hole, up to the closing backtick or the next `${`. */
function templateLength(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1 - start;
    else if (text[at] === "$" && text[at + 1] === "{") return at + 2 - start;
  }
  return text.length - start;
}

function shapeAt(
  text: string,
  at: number,
  before: Token | undefined,
): { readonly kind: Token["kind"] | "space"; readonly length: number } | undefined {
  for (const [kind, shape] of SHAPES) {
    const length = lengthAt(shape, text, at);
    if (length > 0) return { kind, length };
  }
  const length = endsValue(before) ? 0 : lengthAt(REGEX, text, at);
  return length > 0 ? { kind: "regex", length } : undefined;
}

function lengthAt(shape: RegExp, text: string, at: number): number {
  shape.lastIndex = at;
  return shape.exec(text)?.[0].length ?? 0;
}

function endsValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "mark") return /[)\]}]/.test(token.text);
  if (token.kind === "template") return token.text.endsWith("`");
  return token.kind === "word" ? !BEFORE_VALUE.test(token.text) : true;
}

/** The tokens that run: all but the comments. */
export function code(text: string): readonly Token[] {
  return tokens(text).filter((token) => token.kind !== "comment");
}

export interface Import {
  /** What is imported; undefined where it is computed while running. */
  readonly from: string | undefined;
  readonly line: number;
}

/** Every import: static, type only, for its effect, `export from`, `import()` and `require()`. */
export function importsOf(text: string): readonly Import[] {
  const all = code(text);
  const found: Import[] = [];
  for (const [index, token] of all.entries()) {
    if (token.kind !== "word" || all[index - 1]?.text === ".") continue;
    const next = all[index + 1];
    if (isCall(token, next)) {
      found.push({ from: literal(all[index + 2]), line: token.line });
    } else if (isStatic(token, next)) {
      found.push({ from: literal(next), line: token.line });
    }
  }
  return found;
}

function isCall(token: Token, next: Token | undefined): boolean {
  return /^(?:import|require)$/.test(token.text) && next?.kind === "mark" && next.text === "(";
}

function isStatic(token: Token, next: Token | undefined): boolean {
  return /^(?:from|import)$/.test(token.text) && next?.kind === "string";
}

function literal(token: Token | undefined): string | undefined {
  if (token?.kind === "string") return token.text;
  return token?.kind === "template" && token.text.endsWith("`")
    ? token.text.slice(1, -1)
    : undefined;
}
