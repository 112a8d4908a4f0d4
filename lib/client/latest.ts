import type { Observable, Subscription } from "rxjs";

/**
 * An async iterator over an observable for slow consumers: between two steps of the consumer only
 * the newest value is kept, older ones are dropped. Ends when the observable completes, throws when
 * it fails; leaving the loop unsubscribes.
 */
export async function* latest<T>(source$: Observable<T>): AsyncGenerator<T, void, undefined> {
  let newest: { readonly value: T } | null = null;
  let end: { readonly error: unknown } | "complete" | null = null;
  let wake: () => void = () => {};
  const subscription: Subscription = source$.subscribe({
    next: (value) => {
      newest = { value };
      wake();
    },
    error: (error: unknown) => {
      end = { error };
      wake();
    },
    complete: () => {
      end ??= "complete";
      wake();
    },
  });
  const take = (): { readonly value: T } | null => {
    const taken = newest;
    newest = null;
    return taken;
  };
  const ended = (): { readonly error: unknown } | "complete" | null => end;
  try {
    for (;;) {
      for (let next = take(); next !== null; next = take()) yield next.value;
      const outcome = ended();
      if (outcome === "complete") return;
      if (outcome !== null) throw outcome.error;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscription.unsubscribe();
  }
}
