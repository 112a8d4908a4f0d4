/** Reads and completes `package-lock.json`. */
export interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

const PLATFORM =
  /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(gnu|musl)$)?/;
const LIBC = { gnu: "glibc", musl: "musl" } as const;

/**
 * Adds the packages of other platforms that npm left out because its registry did not have them.
 * Without them `npm ci` refuses the lockfile; with them it passes over those of other platforms.
 */
export function completed(lock: Lockfile): Lockfile {
  const added = Object.entries(lock.packages).flatMap(([path, locked]) =>
    Object.entries(locked.optionalDependencies ?? {})
      .map(([name, version]) => ({ path: `node_modules/${name}`, name, version }))
      .filter((optional) => !(optional.path in lock.packages))
      .filter((optional) => !(`${path}/${optional.path}` in lock.packages))
      .map((optional) => [optional.path, entryOf(optional, locked.dev === true)] as const),
  );
  const packages = [...Object.entries(lock.packages), ...added];
  const sorted = packages.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

function entryOf(
  { name, version }: { readonly name: string; readonly version: string },
  isDev: boolean,
): Locked & Readonly<Record<string, unknown>> {
  const [, os, cpu, libc] = PLATFORM.exec(name) ?? [];
  if (os === undefined) throw new Error(`${name} is missing and names no platform`);
  return {
    version,
    cpu: [cpu],
    ...(isDev ? { dev: true } : {}),
    ...(libc === "gnu" || libc === "musl" ? { libc: [LIBC[libc]] } : {}),
    optional: true,
    os: [os],
  };
}
