/**
 * Runs everything that has to hold, and says how long each part took: `npm test`.
 * `npm test -- roster` runs only the test files whose path contains "roster", and no other stage.
 *
 * Lists the test files itself: Node 20 finds no TypeScript tests in a folder and is content with
 * none. Fails if there are none, and for a file that registers no test.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
process.chdir(ROOT);
process.env.PATH = `${join(ROOT, "node_modules", ".bin")}${delimiter}${process.env.PATH}`;
const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

/** Scripts of package.json that check the sources, in this order. */
const CHECKS = ["build", "types", "lint", "format:check", "knip"];

/** Tests without real timing run side by side; those over the network one file at a time. */
const SIDE_BY_SIDE =
  /^test\/(?:(?:core|wire|testing|fuzz|tidy|package|operators(?!\/pipeline))\/|balance\/(?:budget|ejection|pending|slow-start|strategies|success-rate|url)\.|ring\/(?:hash-ring|key-memory|moved|ramp|table)\.|soak\/(?:checker|parts)\.|grpc\/endpoints\.|keys\/(?:pair|proof|rules|z85)\.|client\/(?:denials|farewell|options|reading|streams)\.|chaos\/(?:claims|observer|page\/page|plan|serf|spans|wire-rules)\.)/;
/** Over the network, but without claims about milliseconds: several at a time do not disturb them. */
const PATIENT =
  /^test\/(?:keys|grpc|ring|readme|operators|registrar\/(?!liveness|restart)|client\/(?!proof)|examples\/examples|cli\/(?!demo)|e2e\/outage|chaos\/chaos|hostile|soak\/leaves)/;
/** Quick tests: starting a process for each of these files took longer than they do. */
const QUICK =
  /^test\/(?:core|wire(?!\/without-native)|operators|balance|ring(?!\/hash-ring)|keys|client|soak|chaos(?!\/chaos)|grpc|transport|registrar|host)\//;
/** Files of quick tests in one process, at most. */
const BATCH_MAX = 12;
/** Where the programs are written that run a batch each. */
const BATCHES = join(".tmp", "batches");

/** Folders of tests that use what is built, so that `npm test -- cli` builds it first. */
const NEED_BUILD = /^test\/(?:cli|e2e|examples|readme)\//;

/** A test file or a batch that takes longer hangs. */
const FILE_TIMEOUT_MS = 300_000;

/** Files that the summary names. */
const SLOWEST = 15;

/** The closing counts of one part; they are added up, so that one total ends the output. */
const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/** What was run: name, time, whether it went well, and remarks. */
const results = [];
/** Programs of batches that this run has written. */
const programs = [];
/** The time that the tests of each file took, in milliseconds. */
const times = new Map();

function record(name, startedMs, problems, remarks = []) {
  results.push({ name, ms: performance.now() - startedMs, problems, remarks });
}

/** Runs a script of package.json. */
async function check(script) {
  if (scripts[script] === undefined) throw new Error(`package.json has no script "${script}"`);
  console.log(`\n== ${script}: ${scripts[script]}`);
  const startedMs = performance.now();
  const child = spawn(scripts[script], { shell: true, stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise((resolve) => child.on("close", resolve));
  record(script, startedMs, code === 0 ? [] : [`ended with ${code}`]);
}

function testFiles(words) {
  const all = readdirSync("test", { recursive: true })
    .map((path) => `test/${path.split(sep).join("/")}`)
    .filter((path) => path.endsWith(".test.ts"))
    .toSorted();
  const wanted = all.filter((path) => words.every((word) => path.includes(word)));
  if (wanted.length > 0) return wanted;
  throw new Error(`none of the ${all.length} test files matches ${JSON.stringify(words)}`);
}

/** The files to start: those that are alone, and programs that load a batch of quick ones each. */
function programsOf(files) {
  const quick = files.filter((path) => QUICK.test(path));
  const count = Math.ceil(quick.length / BATCH_MAX);
  if (count > 0) mkdirSync(BATCHES, { recursive: true });
  const batches = Array.from({ length: count }, (_, at) => {
    const program = join(BATCHES, `${process.pid}-${at}.mjs`);
    programs.push(program);
    writeFileSync(program, batchOf(quick.filter((__, index) => index % count === at)));
    return program;
  });
  return [...files.filter((path) => !QUICK.test(path)), ...batches];
}

/** A file that cannot be loaded is a failing test, so that the others of its batch still run. */
function batchOf(files) {
  const urls = Object.fromEntries(
    files.map((path) => [path, pathToFileURL(join(ROOT, path)).href]),
  );
  return `import { before, test } from "node:test";
// No test begins while the files after it are loaded.
let begin;
const loaded = new Promise((resolve) => (begin = resolve));
before(() => loaded);
for (const [path, url] of Object.entries(${JSON.stringify(urls)})) {
  try {
    await import(url);
  } catch (error) {
    test(path, () => {
      throw error;
    });
  }
}
begin();
`;
}

/** Runs the parts one after the other and yields their events as if they were one run. */
async function* eventsOf(parts) {
  const totals = new Map();
  for (const { name, files, concurrency } of parts) {
    const [startedMs, problems, skipped] = [performance.now(), [], []];
    yield diagnostic(`${name}: ${files.length} files, ${concurrency} at a time`);
    const paths = programsOf(files).map((path) => join(ROOT, path));
    const seen = new Map();
    for await (const event of run({ files: paths, concurrency, timeout: FILE_TIMEOUT_MS })) {
      const [, word, count] = countIn(event);
      if (word === undefined) yield event;
      else totals.set(word, (totals.get(word) ?? 0) + Number(count));
      if ((word === "fail" || word === "cancelled") && count !== "0") {
        problems.push(`${count} ${word}`);
      }
      if (!paths.includes(event.data.name)) see(seen, event);
      if (event.data.skip !== undefined) skipped.push(`${event.data.name}: ${event.data.skip}`);
    }
    const empty = files.filter((path) => !seen.has(path));
    problems.push(...empty.map((path) => `${path} registers no test, or was not loaded`));
    for (const [path, ms] of seen) times.set(path, ms);
    record(name, startedMs, problems, skipped);
  }
  for (const [word, count] of totals) yield diagnostic(`${word} ${count}`);
}

function diagnostic(message) {
  return { type: "test:diagnostic", data: { nesting: 0, message } };
}

function countIn({ type, data }) {
  return (type === "test:diagnostic" && !data.file && COUNT.exec(data.message)) || [];
}

/** Adds the time of a test to that of its file. */
function see(seen, { type, data }) {
  if ((type !== "test:pass" && type !== "test:fail") || data.nesting > 0 || !data.file) return;
  const path = relative(ROOT, data.file).split(sep).join("/");
  seen.set(path, (seen.get(path) ?? 0) + data.details.duration_ms);
}

function printSummary() {
  console.log("\n== summary");
  for (const { name, ms, problems, remarks } of results) {
    const verdict = problems.length === 0 ? "ok  " : "FAIL";
    console.log(`${verdict} ${name.padEnd(18)} ${(ms / 1000).toFixed(1).padStart(6)} s`);
    for (const problem of problems) console.log(`       ${problem}`);
    for (const remark of remarks) console.log(`       skipped: ${remark}`);
  }
  const slowest = [...times].toSorted(([, a], [, b]) => b - a).slice(0, SLOWEST);
  if (slowest.length < SLOWEST) return;
  console.log("\n== the files that took longest");
  for (const [path, ms] of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(6)} s ${path}`);
}

async function main() {
  const words = process.argv.slice(2);
  const files = testFiles(words);
  const isWhole = words.length === 0;
  const checks = isWhole
    ? CHECKS
    : CHECKS.slice(
        0,
        files.some((path) => NEED_BUILD.test(path)),
      );
  for (const script of checks) await check(script);
  // Children inherit these flags; as NODE_OPTIONS the programs that tests start would have them too.
  process.execArgv.push("--import", "tsx");
  console.log("\n== tests");
  const parts = [
    {
      name: "unit tests",
      files: files.filter((path) => SIDE_BY_SIDE.test(path)),
      concurrency: Math.max(2, availableParallelism()),
    },
    {
      name: "patient network tests",
      files: files.filter((path) => !SIDE_BY_SIDE.test(path) && PATIENT.test(path)),
      concurrency: 3,
    },
    {
      name: "network tests",
      files: files.filter((path) => !SIDE_BY_SIDE.test(path) && !PATIENT.test(path)),
      concurrency: 1,
    },
  ].filter((part) => part.files.length > 0);
  try {
    await pipeline(Readable.from(eventsOf(parts)), new spec(), process.stdout, { end: false });
  } finally {
    for (const program of programs) rmSync(program, { force: true });
  }
  printSummary();
  process.exitCode = results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
