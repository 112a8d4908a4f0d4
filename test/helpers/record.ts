import type { Observable, Subscription } from "rxjs";

/** Everything an observable said, in order. */
export class Recording<T> {
  readonly values: T[] = [];
  readonly errors: unknown[] = [];
  completed = 0;
  readonly #subscription: Subscription;

  constructor(source$: Observable<T>, tap?: (value: T) => void) {
    this.#subscription = source$.subscribe({
      next: (value) => {
        this.values.push(value);
        tap?.(value);
      },
      error: (error: unknown) => void this.errors.push(error),
      complete: () => (this.completed += 1),
    });
  }

  get last(): T | undefined {
    return this.values.at(-1);
  }

  /** The latest value; fails where there is none. */
  get now(): T {
    const value = this.values.at(-1);
    if (value === undefined) throw new Error("nothing was emitted yet");
    return value;
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

/** Records an observable from now on. `tap` sees each value as it comes. */
export function record<T>(source$: Observable<T>, tap?: (value: T) => void): Recording<T> {
  return new Recording(source$, tap);
}

/** The ids of a list, in its order. */
export function ids(peers: readonly { readonly id: string }[] | undefined): readonly string[] {
  return (peers ?? []).map((peer) => peer.id);
}

/** A change in one line: `joined a (new)`. */
export function told(change: {
  readonly kind: string;
  readonly cause: string;
  readonly peer: { readonly id: string };
}): string {
  return `${change.kind} ${change.peer.id} (${change.cause})`;
}
