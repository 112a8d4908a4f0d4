import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { code, type Token } from "../tidy/source.ts";

/** Names that a declaration file exports. */
export interface Surface {
  readonly types: readonly string[];
  readonly values: readonly string[];
}

interface Name {
  readonly name: string;
  readonly isType: boolean;
}

/** What an emitted declaration file exports, followed through `export * from`. */
export function surfaceOf(path: string): Surface {
  const names = exportsOf(path);
  return {
    types: sorted(names.filter(({ isType }) => isType)),
    values: sorted(names.filter(({ isType }) => !isType)),
  };
}

function sorted(names: readonly Name[]): readonly string[] {
  return [...new Set(names.map(({ name }) => name))].toSorted();
}

function exportsOf(path: string): readonly Name[] {
  const all = code(readFileSync(path, "utf8"));
  return all.flatMap((token, at) =>
    token.kind === "word" && token.text === "export" ? exportAt(path, all, at + 1) : [],
  );
}

function exportAt(path: string, all: readonly Token[], at: number): readonly Name[] {
  const text = (offset: number): string => all[at + offset]?.text ?? "";
  const isTypeOnly = text(0) === "type" && /^[{*]$/.test(text(1));
  const start = isTypeOnly ? at + 1 : at;
  if (all[start]?.text === "{") {
    return braced(path, all, start).map((name) => (isTypeOnly ? { ...name, isType: true } : name));
  }
  if (all[start]?.text === "*") return exportsOf(declarationOf(path, fromAfter(all, start)));
  const words = [text(0), text(1), text(2), text(3)].filter((word) => word !== "declare");
  const name = words.find(
    (word) => !/^(?:abstract|async|class|const|let|function|interface|type)$/.test(word),
  );
  return [{ name: name ?? "", isType: /^(?:interface|type)$/.test(words[0] ?? "") }];
}

/** `{ a, type B, c as d }`, with the kinds looked up where they come from. */
function braced(path: string, all: readonly Token[], start: number): readonly Name[] {
  const end = all.findIndex((token, at) => at > start && token.text === "}");
  const items = all
    .slice(start + 1, end)
    .map(({ text }) => text)
    .join(" ")
    .split(",")
    .map((item) => item.trim().split(" "))
    .filter(([first]) => first !== "");
  const known =
    all[end + 1]?.text === "from" ? exportsOf(declarationOf(path, fromAfter(all, end))) : [];
  return items.map((words) => {
    const [marked, plain] = words[0] === "type" ? [true, words.slice(1)] : [false, words];
    const origin = known.find(({ name }) => name === plain[0]);
    return { name: plain.at(-1) ?? "", isType: marked || (origin?.isType ?? false) };
  });
}

function fromAfter(all: readonly Token[], start: number): string {
  return all.slice(start).find((token) => token.kind === "string")?.text ?? "";
}

/** Emitted declarations name the sources: `./peer.ts` stands for `./peer.d.ts`. */
function declarationOf(path: string, from: string): string {
  if (!from.startsWith(".")) throw new Error(`${path} exports from the package ${from}`);
  return join(dirname(path), from.replace(/\.(?:ts|js)$/, ".d.ts"));
}
