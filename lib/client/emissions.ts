/** One that has something to show. */
export interface Emitter {
  /** Peers, for which many wait. */
  show(): void;
  /** What else there is to say of them, once all have shown theirs. */
  tell(): void;
}

/** Handles of this process whose lists may differ, in the order in which they heard of it. */
let due = new Set<Emitter>();

/**
 * Makes it show and tell once, when this turn of the event loop has read all that arrived: everything
 * that one turn brings makes one emission. One immediate serves all handles of a process, because
 * each of its own costs as much as a small emission.
 */
export function emitSoon(emitter: Emitter): void {
  if (due.size === 0) setImmediate(emitAll);
  due.add(emitter);
}

/** Takes it back; what was not asked for is ignored. */
export function emitNever(emitter: Emitter): void {
  due.delete(emitter);
}

/** Should one throw, which costs itself alone, the others come in the next turn. */
function emitAll(): void {
  const emitters = due;
  due = new Set();
  const shown: Emitter[] = [];
  try {
    for (const emitter of emitters) {
      emitters.delete(emitter);
      emitter.show();
      shown.push(emitter);
    }
    for (let next = shown.shift(); next !== undefined; next = shown.shift()) next.tell();
  } finally {
    for (const emitter of [...shown, ...emitters]) emitSoon(emitter);
  }
}
