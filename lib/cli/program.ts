import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { CliCommand } from "./command.ts";
import { flagOf, isRepeatable } from "./settings/setting.ts";
import type { Setting, SettingGroup } from "./settings/setting.ts";
import type { Sources } from "./settings/resolve.ts";
import { COMMON } from "./settings/tables.ts";
import { placeholderOf } from "./settings/values.ts";

/** A command line that was understood. */
export interface Call {
  readonly command: CliCommand;
  readonly args: readonly string[];
  readonly flags: Sources["flags"];
}

/** How the parser prints. */
export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** The options of a command, those of every command included, in the order of the help. */
export function settingsOf(command: CliCommand): readonly Setting[] {
  const rank = ({ group }: Setting): number => GROUPS.indexOf(group);
  return [...command.settings, ...COMMON].toSorted((a, b) => rank(a) - rank(b));
}

const GROUPS: readonly SettingGroup[] = ["Who and where", "Output", "General", "Timing and limits"];

/**
 * Reads a command line. Throws commander's error, whose text has been printed, for a wrong call and
 * also, with exit code 0, after `--help` and `--version`.
 */
export function parseCall(
  commands: readonly CliCommand[],
  argv: readonly string[],
  output: ProgramOutput,
): Call {
  const calls: Call[] = [];
  const program = new Command("rollcall")
    .description(
      "Service discovery: a registrar calls the roll, everybody holds the list of the living.",
    )
    .version(versionText(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", ENVIRONMENT)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      outputError: (text, write) => write(text.replace(/^error: /, "rollcall: ERR_OPTION: ")),
    })
    .exitOverride();
  for (const command of commands) {
    addCommand(program, command, (args, flags) => {
      const flaw = flawOf(command, args, argv);
      if (flaw !== undefined) program.error(`error: ${flaw}`);
      calls.push({ command, args, flags });
    });
  }
  program.parse([...argv], { from: "user" });
  const [call] = calls;
  if (call === undefined) throw new Error("commander called no command");
  return call;
}

const ENVIRONMENT = `
Every option can also come from the environment, as ROLLCALL_ and its name in capitals
(ROLLCALL_SURVEY_INTERVAL_MS; several values with commas or as a JSON list), or from the JSON object
in --config FILE, by its name (surveyIntervalMs). Flags win over the environment, that over the file.

Exit codes: 0 done, 64 wrong call, 66 not found, 69 no registrar, 73 id taken, 75 too late,
77 key not let in, 78 wrong configuration, 128 + n ended by signal n.`;

function addCommand(
  program: Command,
  command: CliCommand,
  take: (args: readonly string[], flags: Sources["flags"]) => void,
): void {
  const sub = program
    .command(`${command.name} ${command.operands}`.trim())
    .summary(command.summary)
    .usage(`[options] ${command.operands.replace("[command...]", "[-- command...]")}`.trim())
    .description(unwrapped(command.description))
    .addHelpOption(new Option("-h, --help", "print this help.").helpGroup("General:"));
  const flagNames = new Map<string, string>();
  for (const setting of settingsOf(command)) {
    for (const option of optionsOf(setting)) {
      sub.addOption(option);
      flagNames.set(option.attributeName(), flagOf(setting));
    }
  }
  sub.action(() => {
    const flags = Object.entries(sub.opts<Flags>()).map(([name, value]) => {
      return [flagNames.get(name) ?? name, value] as const;
    });
    take(sub.args, Object.fromEntries(flags));
  });
}

type Flags = Readonly<Record<string, string | readonly string[] | boolean>>;

/** One flag, or a flag and its negation for a switch that is on by default. */
function optionsOf(setting: Setting): readonly Option[] {
  const { help, group, isOn } = setting;
  const flag = flagOf(setting);
  const option = new Option(`--${flag} ${placeholderOf(setting)}`.trim(), help);
  option.helpGroup(`${group}:`);
  if (isRepeatable(setting)) {
    option.argParser((text: string, before?: readonly string[]) => [...(before ?? []), text]);
  }
  if (isOn !== true) return [option];
  return [option.hideHelp(), new Option(`--no-${flag}`, help).helpGroup(`${group}:`)];
}

/** A command to run has to stand behind `--`, else its own flags would be taken for ours. */
function flawOf(
  { operands }: CliCommand,
  args: readonly string[],
  argv: readonly string[],
): string | undefined {
  const mark = argv.indexOf("--");
  if (!operands.includes("[command...]")) return undefined;
  // An empty variable in a script must not turn into a member that runs nothing.
  if (mark === argv.length - 1) return 'there is no command behind "--"';
  const behind = mark < 0 ? 0 : argv.length - mark - 1;
  if (args.length - 1 <= behind) return undefined;
  return 'put "--" before the command, as in: rollcall join cache -- node app.js';
}

/** Lines of the source are not lines of the help; an empty line is. */
function unwrapped(text: string): string {
  return text.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
}

function versionText(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
