/**
 * Runs a handler of somebody else's. What it throws goes to `failed`, and if that throws too,
 * nowhere: there is nobody left to tell, and the sockets have to live on.
 */
export function attempt(run: () => void, failed?: (error: unknown) => void): void {
  try {
    run();
  } catch (error) {
    try {
      failed?.(error);
    } catch {
      // See above.
    }
  }
}

/** The `code` of a system error, such as `EAGAIN`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
