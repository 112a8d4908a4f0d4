import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../tidy/source.ts";
import { copyOfSources, type Folder, temporaryFolder } from "./copy.ts";
import { DOORS, MANIFEST } from "./manifest.ts";

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Nothing else may be published. */
const PUBLISHED = [
  /^dist\/.+\.(?:js|d\.ts)$/,
  /^(?:README\.md|LICENSE|CHANGELOG\.md|package\.json)$/,
  /^lib\/(?:README|decisions|wire\/PROTOCOL)\.md$/,
  /^examples\/[\w-]+\.ts$/,
];
const FILES_MAX = 640;
const BYTES_MAX = 1_700_000;

let source: Folder;
let app: Folder;
let packed: Packed;
let tarball: string;

before(() => {
  source = copyOfSources();
  app = temporaryFolder();
  source.run("npm", "run", "--silent", "build");
  const listed = source.run("npm", "pack", "--json", "--ignore-scripts");
  packed = (JSON.parse(listed) as readonly [Packed])[0];
  tarball = join(source.path, packed.filename);
});
after(() => {
  source[Symbol.dispose]();
  app[Symbol.dispose]();
});

test("only what users need is published, and it is small", () => {
  const paths = packed.files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => !PUBLISHED.some((shape) => shape.test(path))),
    [],
  );
  const needed = DOORS.flatMap((door) => [door.types, door.default]);
  for (const path of ["./README.md", "./LICENSE", ...Object.values(MANIFEST.bin), ...needed]) {
    assert.ok(paths.includes(path.slice(2)), `${path} is not published`);
  }
  assert.ok(paths.length <= FILES_MAX, `${paths.length} files`);
  assert.ok(packed.unpackedSize <= BYTES_MAX, `${packed.unpackedSize} bytes`);
});

test("what the README links to is published", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const links = [...readme.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = ""]) => path);
  const paths = packed.files.map(({ path }) => path);
  assert.ok(links.length >= 5, `only ${links.length} links were found`);
  assert.deepEqual(
    links.filter((path) => !paths.includes(path)),
    [],
  );
});

test("publint finds nothing", () => {
  assert.match(source.run("publint", "--strict", "--pack", "false"), /All good!/);
});

test("the types resolve for every way of importing", () => {
  source.run("attw", tarball, "--profile", "esm-only");
});

test("installs into an empty app, which needs no optional package", () => {
  writeFileSync(join(app.path, "package.json"), `{ "private": true, "type": "module" }`);
  app.run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  const installed = readdirSync(join(app.path, "node_modules"));
  assert.ok(installed.includes(MANIFEST.name));
  for (const name of Object.keys(MANIFEST.peerDependencies)) assert.ok(!installed.includes(name));
  const doors = [MANIFEST.name, `${MANIFEST.name}/balance`, `${MANIFEST.name}/ring`];
  const imports = doors.map((name) => `await import("${name}");`).join("\n");
  app.run("node", "--input-type=module", "-e", imports);
});

test("with its optional packages, programs import every door", () => {
  const { peerDependencies, devDependencies } = MANIFEST;
  const optional = Object.keys(peerDependencies).map((name) => `${name}@${devDependencies[name]}`);
  app.run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...optional);
  const imports = DOORS.map(
    ({ name }) => `console.log(Object.keys(await import("${name}")).length);`,
  );
  writeFileSync(join(app.path, "doors.js"), imports.join("\n"));
  const counts = app.run("node", "doors.js").trim().split("\n").map(Number);
  assert.equal(counts.length, DOORS.length);
  for (const count of counts) assert.ok(count > 0);
  assert.throws(
    () => app.run("node", "-e", `import("${MANIFEST.name}/core/peer.js")`),
    /ERR_PACKAGE_PATH_NOT_EXPORTED/,
  );
});

test("installs the command", () => {
  const version = app.run(join(app.path, "node_modules/.bin", "rollcall"), "--version");
  assert.equal(version.trim(), MANIFEST.version);
});

test("what was installed discovers: the demo runs", () => {
  const bin = join(app.path, "node_modules/.bin", "rollcall");
  assert.match(app.run(bin, "demo", "--once", "--json"), /"cause":"connection-lost"/);
});

test("a strict TypeScript app compiles against the published types", () => {
  writeFileSync(join(app.path, "app.ts"), consumer());
  writeFileSync(
    join(app.path, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        module: "NodeNext",
        target: "ES2022",
        noEmit: true,
        types: ["node"],
        typeRoots: [join(ROOT, "node_modules/@types")],
      },
    }),
  );
  app.run("tsc", "-p", "tsconfig.json");
});

test("that compilation is not blind: it refuses an app that misuses the types", () => {
  writeFileSync(join(app.path, "app.ts"), consumer().replace("peer.port", "peer.prot"));
  assert.throws(() => app.run("tsc", "-p", "tsconfig.json"), /app\.ts.*'prot'/);
});

function consumer(): string {
  return [
    ...DOORS.map(({ name }, at) => `export * as door${at} from "${name}";`),
    `import { join, startRegistrar, watch, type Peer } from "${MANIFEST.name}";`,
    `export const registrar = await startRegistrar({ survey: "tcp://127.0.0.1:0", roster: "tcp://127.0.0.1:0" });`,
    `const { survey } = registrar.endpoints;`,
    `export const me = await join({ registrar: survey, service: "cache", id: "c1", address: "10.0.0.1", port: 80 });`,
    `export const one = watch({ registrar: survey, service: "cache" });`,
    `one.peers$.subscribe((peers: readonly Peer[]) => {`,
    `  for (const peer of peers) console.log(peer.id.length, peer.port + 1);`,
    `});`,
    `await Promise.all([one.close(), me.close(), registrar.close()]);`,
    ``,
  ].join("\n");
}
