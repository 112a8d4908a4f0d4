import {
  CLIENT_OPTIONS,
  DEFAULT_REGISTRAR,
  join as joinService,
  RollcallError,
} from "../../index.ts";
import type { JoinOptions, Member } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { clientKeys } from "../keys.ts";
import { logChange } from "../log.ts";
import type { JoinedOutput } from "../output.ts";
import { runProgram } from "../program-run.ts";
import { jsonLine, visible } from "../render/text.ts";
import type { Options } from "../settings/options.ts";
import type { Setting } from "../settings/setting.ts";
import { CLIENT_KEYS, JSON_LINES, MEMBER, REGISTRARS } from "../settings/tables.ts";
import { aborted, exitCodeOf } from "../stop.ts";
import { warnWhenSlow } from "../watching.ts";

const STDIN: Setting = {
  key: "stdin",
  value: { kind: "switch" },
  help: "leave as well when standard input ends; not together with a command.",
  group: "General",
};

/** `rollcall join`: a member for as long as a command runs, or until a signal comes. */
export const join: CliCommand = {
  name: "join",
  operands: "<service> [command...]",
  summary: "be listed, for as long as a command runs if one is given",
  description: `Joins a service and says goodbye in the end. Without a command it stays until SIGINT,
SIGTERM or SIGHUP. With "-- command …" it starts the command once it is listed, hands these signals,
SIGQUIT, SIGUSR1 and SIGUSR2 on to it (SIGTERM once every consumer has dropped the member, a second
one at once), leaves when it ends and exits with its code (128 + n for signal n; 127 if it was not
found, 126 if it could not be run). On a terminal SIGINT and SIGQUIT reach the command by themselves
and are not repeated.

If the id is taken, the command is never started and the exit code is 73. If another process
replaces this one later, that is logged and the command keeps running. The command finds
ROLLCALL_SERVICE, ROLLCALL_ID, ROLLCALL_INSTANCE and ROLLCALL_REGISTRAR in its environment.

A registrar that is not there yet is waited for without end, unless --join-timeout-ms says so.`,
  settings: [REGISTRARS, ...CLIENT_KEYS, ...MEMBER, STDIN, JSON_LINES],
  logLevel: "info",
  run,
};

async function run(context: Context): Promise<number> {
  const { args, options, log } = context;
  const [service = "", ...command] = args;
  if (options.isOn("stdin") && command.length > 0) {
    throw new RollcallError("ERR_OPTION", "--stdin is given together with a command");
  }
  const input = options.isOn("stdin") ? endOfInput(context.stop.signal) : null;
  const member = await enter(context, service, input);
  const { id, instance } = member.self;
  log.info({ service, id, instance }, "member.joined");
  if (options.list("watch") !== undefined) {
    member.changes$.subscribe((change) => logChange(log, change));
  }
  return command.length > 0 ? attend(context, member, command) : hold(context, member, input);
}

/** Joins; a signal or the end of the input that comes before ends the attempt. */
async function enter(
  context: Context,
  service: string,
  input: Promise<void> | null,
): Promise<Member> {
  const { options, log, stop } = context;
  const attempt = new AbortController();
  const onStop = (): void => attempt.abort(stop.cause);
  stop.signal.addEventListener("abort", onStop);
  if (stop.signal.aborted) onStop();
  let isOver = false;
  void input?.then(() => {
    // Of a member the signal means close, and it is to leave.
    if (!isOver) attempt.abort(new Error("the input has ended"));
  });
  const calm = warnWhenSlow(context, "member.waiting: no registrar has listed us yet");
  try {
    const { signal } = attempt;
    return await joinService({ ...joinOptions(options, service), logger: log, signal });
  } finally {
    isOver = true;
    calm();
    stop.signal.removeEventListener("abort", onStop);
  }
}

/** Stays until a signal, the end of stdin, or the loss of the membership. */
async function hold(
  context: Context,
  member: Member,
  input: Promise<void> | null,
): Promise<number> {
  const { options, stop } = context;
  const { service, id, instance } = member.self;
  const output: JoinedOutput = { kind: "joined", service, id, instance };
  print(context, options.isOn("json") ? jsonLine(output) : `joined ${visible(`${service}/${id}`)}`);
  const lost = new Promise<never>((_, reject) => {
    onLoss(member, (code) => reject(new RollcallError(code)));
  });
  try {
    await Promise.race([aborted(stop.signal), lost, ...(input === null ? [] : [input])]);
  } catch (error) {
    await member.close();
    throw error;
  }
  await leave(context, member);
  return 0;
}

/** Runs the command; the membership lasts as long. */
async function attend(
  context: Context,
  member: Member,
  command: readonly string[],
): Promise<number> {
  const { io, log, options, stop } = context;
  const { service, id, instance } = member.self;
  onLoss(member, (code) => log.warn({ code }, "member.lost: the command keeps running, unlisted"));
  try {
    // Told to end before there is anything to end.
    if (stop.cause !== null) return stop.cause === "EPIPE" ? 0 : exitCodeOf(stop.cause);
    return await runProgram(command, {
      stop,
      stderr: io.stderr,
      drain: () => drain(context, member),
      env: {
        ...io.env,
        ROLLCALL_SERVICE: service,
        ROLLCALL_ID: id,
        ROLLCALL_INSTANCE: instance,
        ROLLCALL_REGISTRAR: (options.list("registrar") ?? [DEFAULT_REGISTRAR]).join(","),
      },
    });
  } finally {
    await leave(context, member);
  }
}

/** Resolves when every consumer has dropped the member, or at the deadline. */
async function drain({ options, log }: Context, member: Member): Promise<void> {
  const { service, id } = member.self;
  const deadlineMs = options.number("leaveDeadlineMs");
  try {
    const { complete, missing, anonymous } = await member.drain({ deadlineMs });
    log.info({ service, id, complete, missing, anonymous }, "member.drained");
  } catch (error) {
    log.warn({ service, id, err: error }, "member.drainFailed");
  }
}

async function leave({ options, log }: Context, member: Member): Promise<void> {
  const { service, id } = member.self;
  let isLost = false;
  onLoss(member, () => (isLost = true));
  if (isLost) return member.close();
  const deadlineMs = options.number("leaveDeadlineMs");
  const { revision, complete, missing, anonymous } = await member.leave({ deadlineMs });
  if (revision === null) log.warn({ service, id }, "member.left: nobody confirmed the goodbye");
  else log.info({ service, id, revision, complete, missing, anonymous }, "member.left");
}

function onLoss(member: Member, act: (code: RollcallError["code"]) => void): void {
  member.connection$.subscribe((state) => {
    if (state.kind === "refused") act(state.code);
  });
}

function endOfInput(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.on("end", resolve).on("error", () => resolve());
    process.stdin.resume();
    // An input that is still open keeps the process alive.
    signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  });
}

function joinOptions(options: Options, service: string): JoinOptions {
  const metadata = options.value("metadata");
  const endpoints = options.value("endpoints");
  return {
    ...options.numbers(CLIENT_OPTIONS),
    service,
    preset: options.preset,
    registrar: options.list("registrar"),
    id: options.text("id"),
    address: options.text("address"),
    port: options.number("port"),
    endpoints: endpoints as JoinOptions["endpoints"],
    zone: options.text("zone"),
    tags: options.list("tags"),
    metadata: metadata as JoinOptions["metadata"],
    weight: options.number("weight"),
    status: options.text("status") as JoinOptions["status"],
    version: options.text("version"),
    watch: options.list("watch"),
    keys: clientKeys(options),
  };
}
