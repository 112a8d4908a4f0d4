import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "../helpers/program.ts";

const PROGRAM = fileURLToPath(new URL("../../examples/load-balancer.ts", import.meta.url));

/** A frozen process gets nothing after this, on a machine that is busy besides. */
const FROZEN_MAX_MS = 3000;
/** As much as a busy machine may lack of 500 requests per second. */
const RATE_MIN = 400;

/** One line of the example's output. */
interface Phase {
  readonly title: string;
  readonly get: { readonly failed: number; readonly sent: number };
  readonly post: { readonly failed: number; readonly sent: number };
  readonly rate: number;
  /** The number in the remark at the end of the line. */
  readonly remark: number;
}

const LINE =
  /^(.+): (\d+) of (\d+) GET and (\d+) of (\d+) POST failed at (\d+)\/s(?:; (?:out after )?(\d+) .*)?$/;

function phaseOf(line: string): Phase {
  const found = LINE.exec(line);
  assert.ok(found !== null, `not a line of the example: ${line}`);
  const [title = "", ...numbers] = found.slice(1);
  const [getFailed = 0, getSent = 0, postFailed = 0, postSent = 0, rate = 0, remark = 0] =
    numbers.map((text) => Number(text ?? 0));
  const get = { failed: getFailed, sent: getSent };
  const post = { failed: postFailed, sent: postSent };
  return { title, get, post, rate, remark };
}

test("no request is lost while peers leave, die, freeze, come and restart", async () => {
  const { code, stdout, stderr } = await runProgram(PROGRAM);
  assert.equal(code, 0, stderr);
  const phases = stdout.trimEnd().split("\n").map(phaseOf);
  const titles = [
    "steady",
    "one drains and leaves",
    "kill -9 of one",
    "one freezes and thaws",
    "two are added",
    "all 6 restart, two at a time",
  ];
  assert.deepEqual(
    phases.map(({ title }) => title),
    titles,
  );
  for (const { title, get, post, rate } of phases) {
    assert.equal(get.failed, 0, `${title}: idempotent requests failed\n${stdout}`);
    assert.ok(get.sent > 20 && post.sent > 20, stdout);
    assert.ok(rate >= RATE_MIN, stdout);
    if (!title.startsWith("kill")) assert.equal(post.failed, 0, `${title}\n${stdout}`);
  }
  const [, , kill, freeze] = phases;
  const { failed = Infinity } = kill?.post ?? {};
  assert.ok(failed <= (kill?.remark ?? 0), `more failed than were inside\n${stdout}`);
  const outMs = freeze?.remark ?? 0;
  assert.ok(outMs > 0 && outMs < FROZEN_MAX_MS, stdout);
});
