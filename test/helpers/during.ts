import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 2;

/**
 * Looks again and again for this long: the only way to show that something does NOT happen. `check`
 * throws as soon as it does. Everything else waits with `until`.
 */
export async function during(ms: number, check: () => void): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    check();
    await pause(POLL_MS);
  }
  check();
}
