import { existsSync } from "node:fs";

/** Where distributions put jemalloc. */
const JEMALLOC = [
  "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2",
  "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2",
  "/usr/lib64/libjemalloc.so.2",
  "/usr/lib/libjemalloc.so.2",
] as const;

/** A thread gives back what was not used for two seconds, also while nothing else happens. */
const GIVE_BACK = "background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0";

/** Who keeps the memory that the native part gives back. */
export interface Allocator {
  readonly name: "jemalloc" | "system";
  /** What the registrar's process is started with. */
  readonly env: Readonly<Record<string, string>>;
}

const SYSTEM: Allocator = { name: "system", env: {} };

/**
 * The allocator that is asked for, and without a wish jemalloc where it is installed: that of glibc
 * keeps nearly all that it ever had. Throws where it is asked for and not there.
 */
export function allocatorOf(wish?: string): Allocator {
  if (wish === "system") return SYSTEM;
  const library = JEMALLOC.find((path) => existsSync(path));
  if (wish !== undefined && wish !== "jemalloc") {
    throw new Error(`--allocator is ${wish}, neither jemalloc nor system`);
  }
  if (library !== undefined) {
    return { name: "jemalloc", env: { LD_PRELOAD: library, MALLOC_CONF: GIVE_BACK } };
  }
  if (wish === undefined) return SYSTEM;
  throw new Error(`--allocator is jemalloc, but there is none at ${JEMALLOC.join(", ")}`);
}
