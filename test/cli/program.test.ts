import assert from "node:assert/strict";
import { test } from "node:test";
import { CommanderError } from "commander";
import { CLIENT_OPTIONS, REGISTRAR_OPTIONS } from "../../lib/index.ts";
import type { OptionRow } from "../../lib/index.ts";
import { parseCall, settingsOf } from "../../lib/cli/program.ts";
import type { Call } from "../../lib/cli/program.ts";
import { COMMANDS } from "../../lib/cli/run.ts";

/** What the parser printed, and the exit code it wants where it found no call. */
function parse(...argv: readonly string[]): {
  readonly call: Call | undefined;
  readonly exit: number | undefined;
  readonly text: string;
} {
  let text = "";
  const out = (more: string): void => void (text += more);
  try {
    return { call: parseCall(COMMANDS, argv, { out, err: out }), exit: undefined, text };
  } catch (error) {
    assert.ok(error instanceof CommanderError, String(error));
    return { call: undefined, exit: error.exitCode, text };
  }
}

test("every number of the option tables is a flag whose help tells default and cost", () => {
  const pages: readonly (readonly [string, Readonly<Record<string, OptionRow>>])[] = [
    ["serve", REGISTRAR_OPTIONS],
    ["join", CLIENT_OPTIONS],
  ];
  for (const [name, table] of pages) {
    const help = parse(name, "--help").text.replaceAll(/\s+/g, " ");
    for (const [key, row] of Object.entries(table)) {
      const flag = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      assert.ok(
        help.includes(`--${flag} <n> ${row.text}. Default ${row.lan}`),
        `${name} --${flag}`,
      );
      assert.ok(help.includes(`More: ${row.more}. Less: ${row.less}.`), `the cost of --${flag}`);
    }
  }
});

test("no command has two options of one name", () => {
  for (const command of COMMANDS) {
    const keys = settingsOf(command).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, command.name);
  }
});

test("flags reach the command as they were given", () => {
  const card = "--id c1 --tag a,b --tag=c --metadata k=v --app-version 1";
  const line = `join cache ${card} --registrar tcp://a:1 --registrar tcp://b:1`;
  const { call } = parse(...line.split(" "));
  assert.equal(call?.command.name, "join");
  assert.deepEqual(call.args, ["cache"]);
  assert.deepEqual(call.flags, {
    id: "c1",
    tag: ["a,b", "c"],
    metadata: ["k=v"],
    "app-version": "1",
    registrar: ["tcp://a:1", "tcp://b:1"],
  });
  const off = parse("serve", "--no-disconnect-messages").call?.flags["disconnect-messages"];
  assert.equal(off, false);
  assert.equal(parse("serve", "--disconnect-messages").call?.flags["disconnect-messages"], true);
  assert.deepEqual(parse("serve").call?.flags, {});
});

test("a command stands behind --, with flags of its own", () => {
  const { call } = parse("join", "cache", "--id", "c1", "--", "node", "--id", "x", "--", "y");
  assert.deepEqual(call?.args, ["cache", "node", "--id", "x", "--", "y"]);
  assert.deepEqual(call.flags, { id: "c1" });
});

const WRONG: readonly (readonly [argv: readonly string[], text: RegExp])[] = [
  [["moon"], /^rollcall: ERR_OPTION: unknown command 'moon'/],
  [["serve", "--moon"], /^rollcall: ERR_OPTION: unknown option '--moon'/],
  [["serve", "moon"], /^rollcall: ERR_OPTION: too many arguments/],
  [["serve", "--survey"], /^rollcall: ERR_OPTION: option '--survey <endpoint>' argument missing/],
  [["join"], /^rollcall: ERR_OPTION: missing required argument 'service'/],
  [["explain", "cache"], /^rollcall: ERR_OPTION: missing required argument 'id'/],
  [["join", "cache", "node"], /^rollcall: ERR_OPTION: put "--" before the command/],
  [["join", "cache", "node", "--", "x"], /^rollcall: ERR_OPTION: put "--" before the command/],
  [["join", "cache", "--"], /^rollcall: ERR_OPTION: there is no command behind "--"/],
];

test("a wrong call says what is wrong", () => {
  for (const [argv, text] of WRONG) {
    const { call, exit, text: printed } = parse(...argv);
    assert.equal(call, undefined);
    assert.equal(exit, 1);
    assert.match(printed, text);
  }
});

test("help and version are no errors", () => {
  assert.equal(parse("--help").exit, 0);
  assert.match(parse("--help").text, /serve[^]*join[^]*watch[^]*peers[^]*explain[^]*demo/);
  assert.equal(parse("--version").exit, 0);
  assert.match(parse("--version").text, /^\d+\.\d+\.\d+/);
  assert.match(
    parse("join", "--help").text,
    /^Usage: rollcall join \[options\] <service> \[-- command\.\.\.\]/,
  );
});
