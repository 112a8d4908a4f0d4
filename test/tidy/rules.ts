/** House rules that no linter knows. Each takes one file and says what is wrong with it. */
import { code, type SourceFile, type Token } from "./source.ts";

export interface Rule {
  readonly name: string;
  /** Which files it looks at. */
  readonly covers: (path: string) => boolean;
  readonly check: (file: SourceFile) => readonly string[];
}

/** Files of lib that may be longer, each with its reason. */
export const LONG_FILES: Readonly<Record<string, string>> = {};

const FILE_LINES_MAX = 300;
/** A test that waits this long for time to pass, not for something to happen, is sleeping. */
const WAIT_MS_MAX = 99;

const isTypeScript = (path: string): boolean => path.endsWith(".ts");
const isLib = (path: string): boolean => path.startsWith("lib/") && isTypeScript(path);
const isTest = (path: string): boolean => path.startsWith("test/") && isTypeScript(path);
const isDocument = (path: string): boolean => path.endsWith(".md");
const isText = (path: string): boolean => !/\.(?:png|ico|gz|bin)$|-lock\.json$/.test(path);

export const RULES: readonly Rule[] = [
  { name: "file length", covers: isLib, check: tooLong },
  { name: "reminders", covers: isText, check: lines(/\b(?:TO[D]O|FIX[M]E|X[X]X)\b/) },
  { name: "any", covers: isTypeScript, check: anyTypes },
  { name: "silenced compiler", covers: isTypeScript, check: lines(/@ts-(?:ig[n]ore|noc[h]eck)/) },
  { name: "silenced in lib", covers: isLib, check: lines(/@ts-expect-er[r]or/) },
  { name: "default export", covers: isTypeScript, check: defaultExports },
  { name: "narrowed test", covers: isTest, check: narrowedTests },
  { name: "sleeping test", covers: isTest, check: sleeps },
  { name: "one title", covers: isDocument, check: oneTitle },
  {
    name: "machine path",
    covers: isText,
    check: lines(/\/(?:home|root|Users|w[o]rk(?:space)?)\/\w/),
  },
  { name: "machine library", covers: isText, check: lines(/\.lib[r]ary\//) },
  { name: "registry host", covers: isPackageSetting, check: lines(/"resol[v]ed":|\bregistry\s*=/) },
];

/** Everything that is wrong with these files. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  return RULES.flatMap(({ name, covers, check }) =>
    files
      .filter(({ path }) => covers(path))
      .flatMap((file) => check(file).map((found) => `${name}: ${file.path}:${found}`)),
  );
}

function isPackageSetting(path: string): boolean {
  return path === "package-lock.json" || path === ".npmrc";
}

function lines(pattern: RegExp): Rule["check"] {
  return ({ text }) =>
    text
      .split("\n")
      .map((line, index) => ({ line, number: index + 1 }))
      .filter(({ line }) => pattern.test(line))
      .map(({ line, number }) => `${number} ${line.trim().slice(0, 80)}`);
}

function tooLong({ path, text }: SourceFile): readonly string[] {
  const count = text.trimEnd().split("\n").length;
  if (count <= FILE_LINES_MAX || path in LONG_FILES) return [];
  return [`${count} lines, at most ${FILE_LINES_MAX}; split it by concern`];
}

function anyTypes({ text }: SourceFile): readonly string[] {
  const all = code(text);
  return all
    .filter(({ kind, text: word }, index) => {
      if (kind !== "word" || word !== "any" || all[index - 1]?.text === ".") return false;
      return !/^[(:]$/.test(all[index + 1]?.text ?? "");
    })
    .map(at);
}

function defaultExports({ text }: SourceFile): readonly string[] {
  const all = code(text);
  return all
    .filter((token, index) => {
      if (token.text !== "default" || token.kind !== "word") return false;
      return /^(?:export|as)$/.test(all[index - 1]?.text ?? "");
    })
    .map(at);
}

function narrowedTests({ text }: SourceFile): readonly string[] {
  const all = code(text);
  return all
    .filter(({ kind, text: word }, index) => {
      if (kind !== "word" || !/^(?:only|skip|to[d]o)$/.test(word)) return false;
      return all[index - 1]?.text === "." && all[index + 1]?.text === "(";
    })
    .map(at);
}

function sleeps({ text }: SourceFile): readonly string[] {
  const all = code(text);
  return all.filter((token, index) => isSleep(token, literals(all, index))).map(at);
}

function isSleep({ kind, text: word }: Token, numbers: readonly number[]): boolean {
  if (kind !== "word") return false;
  if (/^(?:sleep|delay)$/.test(word)) return numbers.some((number) => number > 0);
  return word === "setTimeout" && numbers.some((number) => number > WAIT_MS_MAX);
}

/** The arguments of a call that are plain numbers. */
function literals(all: readonly Token[], index: number): readonly number[] {
  if (all[index + 1]?.text !== "(") return [];
  const found: number[] = [];
  let depth = 0;
  for (let here = index + 1; here < all.length; here++) {
    const token = all[here];
    if (token?.kind === "mark") depth += openedBy(token.text);
    if (depth === 0) break;
    const isWhole = isEdge(all[here - 1]) && isEdge(all[here + 1]);
    if (token?.kind === "number" && depth === 1 && isWhole) {
      found.push(Number(token.text.replaceAll("_", "")));
    }
  }
  return found;
}

function openedBy(mark: string): number {
  if (/[([{]/.test(mark)) return 1;
  return /[)\]}]/.test(mark) ? -1 : 0;
}

function isEdge(token: Token | undefined): boolean {
  return token?.kind === "mark" && /[(),]/.test(token.text);
}

function oneTitle({ text }: SourceFile): readonly string[] {
  const prose = text.replaceAll(/^(`{3,})[\s\S]*?^\1/gm, "");
  const titles = prose.split("\n").filter((line) => /^# \S/.test(line));
  return titles.length === 1 ? [] : [`1 has ${titles.length} titles (lines with one #)`];
}

function at(token: Token): string {
  return `${token.line} ${token.text}`;
}
