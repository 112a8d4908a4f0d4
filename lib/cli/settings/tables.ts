import {
  CLIENT_OPTIONS,
  DEFAULT_REGISTRAR,
  DEFAULT_ROSTER,
  DEFAULT_SURVEY,
  LEAVE_DEADLINE_MS,
  LIMITS,
  PRESETS,
  REGISTRAR_OPTIONS,
} from "../../index.ts";
import type { OptionRow } from "../../index.ts";
import type { Setting, SettingGroup, ValueKind } from "./setting.ts";

const HOUR = 3_600_000;
const STATUSES = ["passing", "warning", "critical", "unknown", "draining"] as const;
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
/** How long one-shot commands wait for a registrar unless told otherwise. */
export const TIMEOUT_MS = 5000;

const ENDPOINT: ValueKind = { kind: "text", placeholder: "endpoint" };
const ENDPOINTS: ValueKind = { kind: "list", placeholder: "endpoint" };
const WHO: SettingGroup = "Who and where";

const PRESET: Setting = {
  key: "preset",
  value: { kind: "choice", of: PRESETS },
  help: "numbers for a situation, local, lan or wan; single ones given beside it win. Default lan.",
  group: "Timing and limits",
};

/** Options of every command. */
export const COMMON: readonly Setting[] = [
  {
    key: "config",
    value: { kind: "text", placeholder: "file" },
    help: "JSON file whose keys are option names; the environment and flags win over it.",
    group: "General",
  },
  {
    key: "logLevel",
    value: { kind: "choice", of: LOG_LEVELS },
    help: `least level of the log on stderr: ${LOG_LEVELS.join(", ")}.`,
    group: "General",
  },
];

export const JSON_LINES: Setting = {
  key: "json",
  value: { kind: "switch" },
  help: "print JSON, one object per line, instead of text for people.",
  group: "Output",
};

/** The key file of whoever runs the command. */
const KEY: Setting = {
  key: "key",
  value: { kind: "text", placeholder: "file" },
  help: "key file, as keygen writes it.",
  group: WHO,
};

/** Keys of a client. */
export const CLIENT_KEYS: readonly Setting[] = [
  KEY,
  {
    key: "registrarKey",
    value: { kind: "text", placeholder: "key" },
    help: "public key of the registrar; several with commas, in the order of the registrars.",
    group: WHO,
  },
];

/** Options of a registrar. */
export const REGISTRAR: readonly Setting[] = [
  {
    key: "survey",
    value: ENDPOINT,
    help: `where members and named watchers connect; port 0 is a free one. Default ${DEFAULT_SURVEY}.`,
    group: WHO,
  },
  {
    key: "roster",
    value: ENDPOINT,
    help: `where the lists are published. Default ${DEFAULT_ROSTER}.`,
    group: WHO,
  },
  {
    key: "advertise",
    value: ENDPOINT,
    help: "the roster endpoint as clients reach it, where that is not the one bound (NAT).",
    group: WHO,
  },
  KEY,
  {
    key: "allow",
    value: { kind: "text", placeholder: "file" },
    help: "JSON file of the keys that get in, with --key; read again when it changes, or on SIGHUP.",
    group: WHO,
  },
  {
    key: "disconnectMessages",
    value: { kind: "switch" },
    isOn: true,
    help: "let surveys alone judge: a lost connection is not noticed at once.",
    group: "Timing and limits",
  },
  PRESET,
  ...numbersOf(REGISTRAR_OPTIONS),
];

export const REGISTRARS: Setting = {
  key: "registrar",
  value: ENDPOINTS,
  help: `survey endpoint of the registrar; repeat it for several. Default ${DEFAULT_REGISTRAR}.`,
  group: WHO,
};

export const ROSTERS: Setting = {
  key: "roster",
  value: ENDPOINTS,
  help: "roster endpoint instead, to watch without being counted as a consumer; repeatable.",
  group: WHO,
};

const { joinTimeoutMs, ...WATCHING } = CLIENT_OPTIONS;

/** Numbers of a watcher. */
export const WATCHER: readonly Setting[] = [PRESET, ...numbersOf(WATCHING)];

/** What a member tells of itself, and its numbers. */
export const MEMBER: readonly Setting[] = [
  { key: "id", value: text("id"), help: "names it in its service. Default: random.", group: WHO },
  {
    key: "address",
    value: text("host"),
    help: "host others reach it at. Default 127.0.0.1 with a local registrar, else the one address of this host.",
    group: WHO,
  },
  { key: "port", value: whole(0, 65_535), help: "port others reach it at.", group: WHO },
  {
    key: "endpoints",
    flag: "endpoint",
    value: { kind: "endpoints" },
    help: "one of several ways to reach it, instead of --address and --port; repeatable.",
    group: WHO,
  },
  { key: "zone", value: text("zone"), help: "where it runs, such as a data centre.", group: WHO },
  {
    key: "tags",
    flag: "tag",
    value: { kind: "list", placeholder: "tag" },
    help: "a label; repeatable.",
    group: WHO,
  },
  { key: "metadata", value: { kind: "record" }, help: "a fact; repeatable.", group: WHO },
  {
    key: "weight",
    value: { kind: "amount", min: 0, max: LIMITS.weightMax },
    help: "share of the work relative to others. Default 1.",
    group: WHO,
  },
  {
    key: "status",
    value: { kind: "choice", of: STATUSES },
    help: `one of ${STATUSES.join(", ")}. Default passing.`,
    group: WHO,
  },
  {
    key: "version",
    flag: "app-version",
    value: text("version"),
    help: "version of what runs there.",
    group: WHO,
  },
  {
    key: "watch",
    value: { kind: "list", placeholder: "service" },
    help: "follow this service too and log its changes; repeatable.",
    group: WHO,
  },
  {
    key: "leaveDeadlineMs",
    value: whole(0, HOUR),
    help: `time to wait for the confirmation of the goodbye. Default ${LEAVE_DEADLINE_MS}.`,
    group: "Timing and limits",
  },
  PRESET,
  ...numbersOf({ joinTimeoutMs, ...WATCHING }),
];

/** How long a one-shot command waits. */
export const TIMEOUT: Setting = {
  key: "timeoutMs",
  value: whole(1, HOUR),
  help: `time to wait for a registrar. Default ${TIMEOUT_MS}.`,
  group: "Timing and limits",
};

/** One flag for each row of a table of numbers. */
function numbersOf(table: Readonly<Record<string, OptionRow>>): readonly Setting[] {
  return Object.entries(table).map(([key, row]) => ({
    key,
    value: whole(row.min, row.max),
    help: rowHelp(row),
    group: "Timing and limits",
  }));
}

function rowHelp({ local, lan, wan, text: meaning, more, less }: OptionRow): string {
  const others = [
    local === lan ? [] : [`local ${local}`],
    wan === lan ? [] : [`wan ${wan}`],
  ].flat();
  const presets = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return `${meaning}. Default ${lan}${presets}. More: ${more}. Less: ${less}.`;
}

function text(placeholder: string): ValueKind {
  return { kind: "text", placeholder };
}

function whole(min: number, max: number): ValueKind {
  return { kind: "whole", min, max };
}
