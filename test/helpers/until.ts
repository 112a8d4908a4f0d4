import { setTimeout as pause } from "node:timers/promises";

/** How long to wait, and for what, in the words of the failure. */
export interface UntilOptions {
  readonly deadlineMs?: number;
  readonly what: string;
}

const POLL_MS = 2;
const DEADLINE_MS = 10_000;

/** Resolves once the condition holds; fails with `what` if it does not in time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  options: UntilOptions,
): Promise<void> {
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`not within ${deadlineMs} ms: ${options.what}`);
    await pause(POLL_MS);
  }
}
