import type { SourceFile } from "./source.ts";

/**
 * Files of core and wire without a test file of their own name, and the test file that covers each.
 * The covering test has to import the file.
 */
export const COVERED_BY: Readonly<Record<string, string>> = {};

/** What is not mirrored: `lib/core/roster.ts` is tested in `test/core/roster.test.ts`. */
export function unmirrored(
  lib: readonly SourceFile[],
  tests: readonly SourceFile[],
  coveredBy: Readonly<Record<string, string>>,
): readonly string[] {
  return lib
    .filter(({ path }) => /^lib\/(?:core|wire)\/.*\.ts$/.test(path))
    .flatMap(({ path }) => gapOf(path, tests, coveredBy[path]));
}

function gapOf(
  path: string,
  tests: readonly SourceFile[],
  coveredBy: string | undefined,
): readonly string[] {
  const mirror = path.replace(/^lib\/(.*)\.ts$/, "test/$1.test.ts");
  const hasMirror = tests.some((test) => test.path === mirror);
  if (hasMirror) {
    return coveredBy === undefined ? [] : [`${path} has ${mirror}; take it out of COVERED_BY`];
  }
  if (coveredBy === undefined) return [`${path} has no ${mirror} and no line in COVERED_BY`];
  const test = tests.find((file) => file.path === coveredBy);
  if (test === undefined) return [`${path} names ${coveredBy}, which does not exist`];
  const isImported = test.text.includes(`/${path}"`);
  return isImported ? [] : [`${path} names ${coveredBy}, which does not import it`];
}
