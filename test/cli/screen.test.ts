import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { run } from "../../lib/cli/run.ts";
import { isScreen, paintFor, sizeOf } from "../../lib/cli/io.ts";
import type { Io, Output } from "../../lib/cli/io.ts";
import { Screen } from "../../lib/cli/render/screen.ts";
import { inColour, plainly } from "../../lib/cli/render/style.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

class FakeTerminal extends EventEmitter implements Output {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  text = "";

  write(text: string): void {
    this.text += text;
  }
}

function io(terminal: Output, env: Io["env"] = {}): Io {
  return { stdout: terminal, stderr: terminal, env, program: "" };
}

test("a screen draws at once, again when asked or resized, and gives the terminal back", async () => {
  const terminal = new FakeTerminal();
  let frames = 0;
  const screen = new Screen(terminal, () => [`frame ${(frames += 1)}`]);
  const exitListeners = process.listenerCount("exit");
  screen.open();
  assert.match(terminal.text, /\[\?1049h.*frame 1/s);
  screen.draw();
  screen.draw();
  terminal.emit("resize");
  await until(() => terminal.text.includes("frame 2"), { what: "the second frame" });
  screen.close();
  assert.equal(frames, 3, "requests in a burst make one frame, closing makes the last");
  assert.ok(terminal.text.endsWith("\u001b[?1049lframe 3\n"));
  assert.equal(terminal.listenerCount("resize"), 0);
  assert.equal(process.listenerCount("exit"), exitListeners);
  screen.close();
  screen.draw();
  assert.equal(frames, 3, "closed is closed");
});

test("colours need a terminal that can and a user who wants", () => {
  const terminal = new FakeTerminal();
  assert.equal(paintFor(io(terminal), terminal), inColour);
  assert.equal(paintFor(io(terminal, { NO_COLOR: "" }), terminal), inColour);
  assert.equal(paintFor(io(terminal, { NO_COLOR: "1" }), terminal), plainly);
  assert.equal(paintFor(io(terminal, { TERM: "dumb" }), terminal), plainly);
  const file: Output = { write() {}, on() {}, off() {} };
  assert.equal(paintFor(io(file), file), plainly);
  assert.equal(isScreen(io(file), file), false);
});

test("what has no size has a readable one", () => {
  const terminal = new FakeTerminal();
  assert.deepEqual(sizeOf(terminal), { columns: 80, rows: 24 });
  terminal.columns = 0;
  terminal.rows = 0;
  assert.deepEqual(sizeOf(terminal), { columns: 100, rows: 24 });
});

test("watch on a terminal is a table that redraws, and leaves its last frame", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const terminal = new FakeTerminal();
  const argv = ["watch", "cache", "--registrar", registrar.endpoints.survey];
  const ended = run(argv, io(terminal, { NO_COLOR: "1" }));
  const shows = (pattern: RegExp): Promise<void> =>
    until(() => pattern.test(terminal.text), { what: `shows ${String(pattern)}` });
  await shows(/connection live {3}authority \w+ {3}revision \d+ {3}0 alive/);
  const member = await rig.join(registrar, { service: "cache", id: "c1\u0007", port: 80 });
  await shows(/c1\\x07 +127\.0\.0\.1:80 +passing +alive/);
  await member.leave();
  await shows(/left +goodbye +cache\/c1\\x07/);
  process.emit("SIGTERM");
  assert.equal(await ended, 0);
  const [, last = ""] = terminal.text.split("\u001b[?1049l");
  assert.match(last, /^rollcall watch cache\nconnection live .* 0 alive\n[^]*nobody\n/);
});
