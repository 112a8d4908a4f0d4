import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Target } from "./target.ts";

const FOLDER = fileURLToPath(new URL("./corpus/", import.meta.url));

/** A target and one of its kept inputs. */
export interface Kept {
  readonly target: Target;
  readonly text: string;
}

function fileOf({ name }: Target): string {
  return `${FOLDER}${name}.txt`;
}

/** The inputs that are kept of a target: one a line, the oldest first; a line of # is a remark. */
export function keptOf(target: Target): readonly Kept[] {
  const path = fileOf(target);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((text) => ({ target, text }));
}

/** Keeps an input that failed, with a remark of one line. */
export function keep({ target, text }: Kept, remark: string): void {
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(fileOf(target), `# ${remark.replaceAll("\n", " ").slice(0, 100)}\n${text}\n`);
}
