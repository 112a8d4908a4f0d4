/** One that has something to show. */
export interface Emitter {
  /** Peers, for which many wait. */
  show(): void;
  /** What else there is to say of them, once all have shown theirs. */
  tell(): void;
}

/** Turns for which telling waits at most while others still have something to show. */
const TURNS_MAX = 3;

/** Handles of this process whose lists may differ, in the order in which they heard of it. */
let due = new Set<Emitter>();
/** Those that have shown what they have still to tell of. */
let untold = new Set<Emitter>();
/** Turns for which the first of them has waited. */
let waited = 0;
let isScheduled = false;

/**
 * Makes it show and tell once, when this turn of the event loop has read all that arrived: everything
 * that one turn brings makes one emission. One immediate serves all handles of a process, because
 * each of its own costs as much as a small emission. What many handles are sent arrives over two or
 * three turns, so nobody tells before a turn has passed in which nobody had anything to show.
 */
export function emitSoon(emitter: Emitter): void {
  due.add(emitter);
  schedule();
}

/** Takes it back; what was not asked for is ignored. */
export function emitNever(emitter: Emitter): void {
  due.delete(emitter);
  untold.delete(emitter);
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(emitAll);
}

/** Should one throw, which costs itself alone, the others come in the next turn. */
function emitAll(): void {
  isScheduled = false;
  const mayWait = due.size > 0 && waited < TURNS_MAX;
  try {
    showAll();
    waited = mayWait ? waited + 1 : 0;
    if (!mayWait) tellAll();
  } finally {
    if (due.size > 0 || untold.size > 0) schedule();
  }
}

/** What an emission asks for comes in the next turn. */
function showAll(): void {
  const emitters = due;
  due = new Set();
  try {
    for (const emitter of emitters) {
      emitters.delete(emitter);
      emitter.show();
      untold.add(emitter);
    }
  } finally {
    for (const emitter of emitters) due.add(emitter);
  }
}

function tellAll(): void {
  const emitters = untold;
  untold = new Set();
  try {
    for (const emitter of emitters) {
      emitters.delete(emitter);
      emitter.tell();
    }
  } finally {
    for (const emitter of emitters) untold.add(emitter);
  }
}
