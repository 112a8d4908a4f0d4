import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { PROGRAM, withoutOurs } from "./cli.ts";

const CTRL_C = "\x03";
const DEADLINE_MS = 30_000;
const skip =
  spawnSync("script", ["--version"]).error === undefined
    ? false
    : "script is not installed: apt-get install bsdutils";

/** A run of `rollcall` on a real terminal of 100 by 30, as `script` opens one. */
class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** All that the terminal was sent. */
  raw = "";

  constructor(t: TestContext, ...args: readonly string[]) {
    const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(" ");
    const command = `stty cols 100 rows 30; exec ${words}`;
    this.#child = spawn("script", ["-qfec", command, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...withoutOurs(process.env), TERM: "xterm", NO_COLOR: undefined, CI: undefined },
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.raw += text));
    this.#ended = once(this.#child, "close");
    t.after(async () => {
      this.#child.kill("SIGKILL");
      await this.#ended;
    });
  }

  /** What was sent without its escapes. */
  get text(): string {
    return stripVTControlCharacters(this.raw);
  }

  async shows(what: RegExp): Promise<void> {
    try {
      await until(() => what.test(this.text), { what: String(what), deadlineMs: DEADLINE_MS });
    } catch (error) {
      throw new Error(`the terminal shows\n${this.text}`, { cause: error });
    }
  }

  /** A person presses Ctrl-C; resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    this.#child.stdin?.write(CTRL_C);
    await this.#ended;
    return this.#child.exitCode;
  }
}

test(
  "the demo redraws a table on a terminal while one is killed and one comes, and gives the terminal back",
  { skip },
  async (t) => {
    const terminal = new Terminal(t, "demo");
    await terminal.shows(/rollcall demo: 3 processes of the service \w+; Ctrl-C ends it/);
    await terminal.shows(/next: kill -9 of c1 \(pid \d+\)/);
    await terminal.shows(/c1 .*connection-lost/);
    await terminal.shows(/c4 /);
    assert.equal(await terminal.interrupt(), 0, terminal.text);
    assert.ok(terminal.raw.includes("\x1b[?25l"), "the cursor is hidden meanwhile");
    assert.ok(terminal.raw.lastIndexOf("\x1b[?25h") > terminal.raw.lastIndexOf("\x1b[?25l"));
  },
);

test(
  "on a terminal serve logs for people, and watch draws a table that follows the list",
  { skip },
  async (t) => {
    const ports = ["--survey", "tcp://127.0.0.1:0", "--roster", "tcp://127.0.0.1:0"];
    const serving = new Terminal(t, "serve", ...ports);
    await serving.shows(/\d\d:\d\d:\d\d\.\d{3}\S* INFO.*registrar/);
    assert.doesNotMatch(serving.text, /"level":/);

    const rig = new Rig(t);
    const registrar = await rig.registrar();
    const watching = new Terminal(t, "watch", "cache", "--registrar", registrar.endpoints.survey);
    const me = await rig.join(registrar, { service: "cache", id: "one", port: 8080 });
    await watching.shows(/one .*alive/);
    await me.leave();
    await watching.shows(/left +goodbye +cache\/one/);
    assert.equal(await watching.interrupt(), 0);
    assert.equal(await serving.interrupt(), 0);
  },
);
