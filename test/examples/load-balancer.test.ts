import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../helpers/program.ts";
import { blocksOf, outputOfExample } from "../readme/blocks.ts";

const PROGRAM = fileURLToPath(new URL("../../examples/load-balancer.ts", import.meta.url));
const README = fileURLToPath(new URL("../../README.md", import.meta.url));

const TITLES: readonly string[] = [
  "steady",
  "one drains and leaves",
  "kill -9 of one",
  "one freezes and thaws",
  "two are added",
  "all 6 restart, two at a time",
];

/** What a busy machine may add to the bound that the example prints. */
const SLACK_MS = 500;
/**
 * Of 500 requests per second, what a busy machine must reach in the mean of the run. It may lack
 * more for a while: with twice as many busy processes as processors the first second had 348.
 */
const RATE_MIN = 400;

/** One line of the example's output. */
interface Phase {
  readonly title: string;
  readonly get: { readonly failed: number; readonly sent: number };
  readonly post: { readonly failed: number; readonly sent: number };
  readonly rate: number;
  /** The numbers in the remark at the end of the line. */
  readonly remark: readonly number[];
}

const LINE = /^(.+): (\d+) of (\d+) GET and (\d+) of (\d+) POST failed at (\d+)\/s(.*)$/;

function phaseOf(line: string): Phase {
  const found = LINE.exec(line);
  assert.ok(found !== null, `not a line of the example: ${line}`);
  const [title = "", ...rest] = found.slice(1);
  const remark = numbersOf(rest.pop() ?? "");
  const [getFailed = 0, getSent = 0, postFailed = 0, postSent = 0, rate = 0] = rest.map(Number);
  const get = { failed: getFailed, sent: getSent };
  const post = { failed: postFailed, sent: postSent };
  return { title, get, post, rate, remark };
}

/** Requests per second over all phases. */
function meanRate(phases: readonly Phase[]): number {
  const sent = phases.map(({ get, post }) => get.sent + post.sent);
  const seconds = phases.map(({ rate }, at) => (sent[at] ?? 0) / rate);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return sum(sent) / sum(seconds);
}

function numbersOf(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

test("no request is lost while peers leave, die, freeze, come and restart", async () => {
  const { code, stdout, stderr } = await runProgram(PROGRAM);
  assert.equal(code, 0, stderr);
  judge(stdout);
});

test("the README shows a run that would pass", () => {
  judge(outputOfExample(blocksOf(readFileSync(README, "utf8")), "load-balancer.ts") ?? "");
});

function judge(stdout: string): void {
  const phases = stdout.trimEnd().split("\n").map(phaseOf);
  assert.deepEqual(
    phases.map(({ title }) => title),
    TITLES,
  );
  for (const { title, get, post } of phases) {
    assert.equal(get.failed, 0, `${title}: idempotent requests failed\n${stdout}`);
    assert.ok(get.sent > 20 && post.sent > 20, stdout);
    if (!title.startsWith("kill")) assert.equal(post.failed, 0, `${title}\n${stdout}`);
  }
  assert.ok(meanRate(phases) >= RATE_MIN, stdout);
  const [, , kill, freeze] = phases;
  const { failed = Infinity } = kill?.post ?? {};
  const [inside = 0] = kill?.remark ?? [];
  assert.ok(failed <= inside, `more failed than were inside\n${stdout}`);
  const [outMs = Infinity, boundMs = 0, sentLater = Infinity] = freeze?.remark ?? [];
  assert.ok(outMs < boundMs + SLACK_MS, `not out in time\n${stdout}`);
  assert.equal(sentLater, 0, `the frozen one was sent more\n${stdout}`);
}
