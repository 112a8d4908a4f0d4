import type { RollcallError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { decodeKey } from "./z85.ts";

/** A key that may be listed as a member, and may read. */
export interface MemberRule {
  /** Z85, 40 characters. */
  readonly key: string;
  /** Names of the services it may join, or `*` for all. */
  readonly services: "*" | readonly string[];
  /** For people: told in the log. */
  readonly name?: string | undefined;
}

/** A key that may read and is listed nowhere. */
export interface WatcherRule {
  readonly key: string;
  readonly name?: string | undefined;
}

/** Who may do what; who is not in it may nothing. A member key may watch as well. */
export interface AllowRules {
  readonly members?: readonly MemberRule[] | undefined;
  readonly watchers?: readonly WatcherRule[] | undefined;
}

/** Keys in one list; a member's line counts for each service it names. */
const KEYS_MAX = 65_536;
const NAME_LENGTH_MAX = 255;

interface Grant {
  readonly all: boolean;
  readonly services: ReadonlySet<string>;
  readonly name: string | undefined;
}

/** Rules that were checked, by key. */
export class AllowList {
  readonly #grants: ReadonlyMap<string, Grant>;

  private constructor(grants: ReadonlyMap<string, Grant>) {
    this.#grants = grants;
  }

  /**
   * Several lines of one key add up. A field nobody knows is refused, because a misspelt one would
   * be lost silently. `fail` makes the error of a flaw.
   */
  static from(rules: unknown, fail: (flaw: string) => RollcallError): AllowList {
    const { members, watchers } = fieldsOf(rules, ["members", "watchers"], { at: "it", fail });
    const grants = new Map<string, Grant>();
    const take = (at: string, line: unknown, known: readonly string[]): void => {
      const { key, services, name } = fieldsOf(line, known, { at, fail });
      if (decodeKey(key) === undefined) throw fail(`${at}.key is not a key in Z85`);
      if (name !== undefined && !isName(name)) throw fail(`${at}.name is no short text`);
      const names = known.includes("services") ? servicesOf(services) : [];
      if (names === undefined) throw fail(`${at}.services is neither "*" nor a list of names`);
      grants.set(String(key), merged(grants.get(String(key)), names, name));
      if (grants.size > KEYS_MAX) throw fail(`more than ${KEYS_MAX} keys`);
    };
    for (const [i, line] of listOf(members, "members", fail).entries()) {
      take(`members[${i}]`, line, ["key", "services", "name"]);
    }
    for (const [i, line] of listOf(watchers, "watchers", fail).entries()) {
      take(`watchers[${i}]`, line, ["key", "name"]);
    }
    return new AllowList(grants);
  }

  get size(): number {
    return this.#grants.size;
  }

  /** True for a key that is listed in whatever role: it may connect and read. */
  has(key: string): boolean {
    return this.#grants.has(key);
  }

  mayJoin(key: string, service: string): boolean {
    const grant = this.#grants.get(key);
    return grant !== undefined && (grant.all || grant.services.has(service));
  }

  /** The name of a key, for the log; undefined where it has none. */
  nameOf(key: string): string | undefined {
    return this.#grants.get(key)?.name;
  }
}

function merged(before: Grant | undefined, services: readonly string[], name: unknown): Grant {
  return {
    all: before?.all === true || services.includes("*"),
    services: new Set([...(before?.services ?? []), ...services]),
    name: typeof name === "string" ? name : before?.name,
  };
}

/** `*` among others is no name of a service. */
function servicesOf(services: unknown): readonly string[] | undefined {
  if (services === "*") return ["*"];
  if (!Array.isArray(services)) return undefined;
  const names = services.filter((name): name is string => isName(name) && name !== "*");
  return names.length === services.length ? names : undefined;
}

function isName(value: unknown): boolean {
  if (typeof value !== "string" || value === "" || value.includes("\0")) return false;
  return value.length <= NAME_LENGTH_MAX && Buffer.byteLength(value) <= LIMITS.serviceBytesMax;
}

type Fail = (flaw: string) => RollcallError;

function listOf(value: unknown, name: string, fail: Fail): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fail(`${name} is no list`);
  return value;
}

function fieldsOf(
  value: unknown,
  known: readonly string[],
  { at, fail }: { readonly at: string; readonly fail: Fail },
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fail(`${at} is no object`);
  }
  const stranger = Object.keys(value).find((field) => !known.includes(field));
  if (stranger !== undefined) {
    throw fail(`${at} has a field ${JSON.stringify(stranger)}, known are ${known.join(", ")}`);
  }
  return { ...value };
}
