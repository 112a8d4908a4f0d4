import { defer, mergeMap } from "rxjs";
import type { OperatorFunction } from "rxjs";
import type { Change } from "../core/changes.ts";
import type { View } from "../core/view.ts";
import { Fates } from "./fates.ts";
import { Outlet } from "./outlet.ts";

/** Somebody who may be given work from now on: `present`, `new` or `returned`. */
export type Arrival = Extract<Change, { readonly kind: "joined" }>;

/** Somebody who may not be given work any more, and why. */
export type Departure = Extract<Change, { readonly kind: "left" }>;

/**
 * Who came: first those present (cause `present`), then everyone as he becomes usable, one at a
 * time. Relative to what this subscriber saw, even where views were dropped on the way; a restart
 * under the same id is a departure and an arrival. Completes with the source.
 */
export function arrivals(): OperatorFunction<View, Arrival> {
  return changesThat((change) => change.kind === "joined");
}

/**
 * Who went, one at a time, with the cause that the registrar gives. Where views were dropped on the
 * way the cause may be `unknown`, but nobody is forgotten. One whose `peer` is of standing `alive`
 * and neither draining nor critical still lives: an operator before this one deselected it.
 */
export function departures(): OperatorFunction<View, Departure> {
  return changesThat((change) => change.kind === "left");
}

function changesThat<T extends Change>(
  isWanted: (change: Change) => change is T,
): OperatorFunction<View, T> {
  return (source) =>
    defer(() => {
      const fates = new Fates();
      const outlet = new Outlet(fates);
      return source.pipe(
        mergeMap((view) => {
          fates.learn(view);
          const changes = outlet.changesTo(view.peers);
          fates.keepOnly(view.peers);
          return changes.filter(isWanted);
        }),
      );
    });
}
