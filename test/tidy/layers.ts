/**
 * Who may import whom inside `lib`, as data. A row may import itself, the rows and the packages it
 * names, and nothing else; `node:*` stands for every built-in module. A row names only rows above
 * it, so imports go one way. `layers.test.ts` walks all imports against this table, and
 * `lib/README.md` shows it.
 */
export const LAYERS: Readonly<Record<string, Layer>> = {
  core: { rows: [], packages: [], text: "the protocol as deterministic machines" },
  wire: { rows: ["core"], packages: ["msgpackr"], text: "messages to frames and back" },
  host: {
    rows: ["core"],
    packages: ["pino", "node:*"],
    text: "the machine: clock, randomness, log, and the loop of a shell",
  },
  keys: {
    rows: ["core"],
    packages: ["node:*"],
    text: "key pairs, key files, allow lists, and the proof of a key",
  },
  transport: {
    rows: ["core"],
    packages: ["zeromq", "node:*"],
    text: "ZeroMQ sockets behind a small port",
  },
  registrar: {
    rows: ["core", "wire", "host", "keys", "transport"],
    packages: ["rxjs", "pino", "node:*"],
    text: "the shell around the registrar's machine",
  },
  client: {
    rows: ["core", "wire", "host", "keys", "transport"],
    packages: ["rxjs", "pino", "node:*"],
    text: "join, watch, observables",
  },
  testing: {
    rows: ["core", "wire", "client"],
    packages: ["rxjs"],
    text: "public door for tests: a simulated network in virtual time",
  },
  operators: {
    rows: ["core", "host"],
    packages: ["rxjs", "semver"],
    text: "operators on views: who came, who went, whom to use",
  },
  balance: {
    rows: ["core", "host", "client", "operators"],
    packages: ["rxjs", "undici", "node:*"],
    text: "picks a peer, learns from the outcome, and carries HTTP there",
  },
  ring: {
    rows: ["core", "host", "operators"],
    packages: ["rxjs", "node:*"],
    text: "a consistent-hash ring that follows a view",
  },
  grpc: {
    rows: ["core", "host", "client", "operators"],
    packages: ["rxjs", "@grpc/grpc-js", "node:*"],
    text: "a name resolver for grpc-js",
  },
  "index.ts": {
    rows: ["core", "host", "keys", "transport", "registrar", "client", "operators"],
    packages: [],
    text: "the public door",
  },
  cli: {
    rows: ["core", "host", "keys", "registrar", "client", "testing", "index.ts"],
    packages: ["rxjs", "pino", "pino-pretty", "commander", "node:*"],
    text: "one command per file",
  },
};

export interface Layer {
  readonly rows: readonly string[];
  readonly packages: readonly string[];
  /** What the layer is, for readers. */
  readonly text: string;
}

/** Words that reach for the world outside, and the layers that may not say them. */
export interface Ban {
  readonly layers: readonly string[];
  /** A word, or an object and its member. */
  readonly words: readonly string[];
}

const CLOCKS = ["Date", "performance", "setTimeout", "setInterval", "setImmediate"] as const;

export const BANS: readonly Ban[] = [
  {
    layers: ["core", "wire"],
    words: [
      ...CLOCKS,
      "queueMicrotask",
      "Math.random",
      "AbortSignal.timeout",
      "crypto",
      "process",
      "Buffer",
      "fetch",
      "console",
      "globalThis",
    ],
  },
  {
    layers: ["testing"],
    words: [...CLOCKS, "Math.random", "AbortSignal.timeout", "process.hrtime"],
  },
];

/** Files in which a ban does not hold, each with its reason. An exception nobody needs fails. */
export const BAN_EXCEPTIONS: Readonly<Record<string, string>> = {};

/** The row that a file of `lib` belongs to: its folder, or its own name at the top. */
export function layerOf(path: string): string {
  return path.replace(/^lib\//, "").split("/")[0] ?? "";
}

/** The table as Markdown, as the formatter leaves it. */
export function renderLayerTable(): string {
  const lines = Object.entries(LAYERS).map(([name, { rows, packages, text }]) => [
    `\`${name}\``,
    text,
    names(rows),
    names(packages),
  ]);
  return table([["layer", "what it is", "may import", "packages"], ...lines]);
}

function names(list: readonly string[]): string {
  return list.length === 0 ? "nothing" : list.map((name) => `\`${name}\``).join(", ");
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const shown = lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  return [...shown.slice(0, 1), rule, ...shown.slice(1)]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
