import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { CLIENT_OPTIONS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";
import type { JoinOptions, LeaveOptions, RegistrarOptions, WatchOptions } from "../../lib/index.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
type Numbers = keyof typeof REGISTRAR_OPTIONS | keyof typeof CLIENT_OPTIONS;
type All = keyof RegistrarOptions | keyof JoinOptions | keyof WatchOptions | keyof LeaveOptions;

/** Every option that is in none of the tables made from data; the compiler sees that none is missing. */
const OTHERS = {
  preset: true,
  keys: true,
  logger: true,
  signal: true,
  survey: true,
  roster: true,
  advertise: true,
  disconnectMessages: true,
  registrar: true,
  service: true,
  id: true,
  watch: true,
  address: true,
  port: true,
  endpoints: true,
  version: true,
  zone: true,
  weight: true,
  tags: true,
  metadata: true,
  status: true,
  deadlineMs: true,
} satisfies Record<Exclude<All, Numbers>, true>;

test("the README has a line for every option that is no number of the tables", () => {
  const [, rest = ""] = readFileSync(README, "utf8").split("| option | of what |");
  const [table = ""] = rest.split("\n\n");
  const cells = [...table.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const names = cells.flatMap((cell) => cell.match(/\w+/g) ?? []);
  assert.deepEqual([...new Set(names)].toSorted(), Object.keys(OTHERS).toSorted());
});
