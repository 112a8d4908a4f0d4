/** Handles of this process whose lists may differ, in the order in which they heard of it. */
let due = new Set<() => void>();

/**
 * Calls `emit` once when this turn of the event loop has read all that arrived: everything that one
 * turn brings makes one emission. One immediate serves all handles of a process, because each of
 * its own costs as much as a small emission.
 */
export function emitSoon(emit: () => void): void {
  if (due.size === 0) setImmediate(emitAll);
  due.add(emit);
}

/** Takes it back; what was not asked for is ignored. */
export function emitNever(emit: () => void): void {
  due.delete(emit);
}

/** Should one throw, which costs itself alone, the others come in the next turn. */
function emitAll(): void {
  const emissions = due;
  due = new Set();
  try {
    for (const emit of emissions) {
      emissions.delete(emit);
      emit();
    }
  } finally {
    for (const emit of emissions) emitSoon(emit);
  }
}
