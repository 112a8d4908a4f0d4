import { defer, map } from "rxjs";
import type { OperatorFunction } from "rxjs";
import type { View } from "../core/view.ts";
import { Fates } from "./fates.ts";
import { Outlet } from "./outlet.ts";
import { selectionOf } from "./selection.ts";
import type { SelectOptions } from "./selection.ts";

/**
 * Views of fewer peers: those that have all these tags, a version in this range, one of these
 * statuses, an endpoint of this protocol, and who are in the preferred zone as long as that is
 * enough. Each view of the source makes one, with its changes counted anew; of several services the
 * zone is judged for each by itself. Throws `ERR_OPTION` at once.
 *
 * One that leaves the selection while it lives is `left` with cause `unknown` and shown alive.
 */
export function select(options: SelectOptions): OperatorFunction<View, View> {
  const selection = selectionOf(options);
  return (source) =>
    defer(() => {
      const fates = new Fates();
      const outlet = new Outlet(fates);
      return source.pipe(
        map((view) => {
          fates.learn(view);
          const shown = outlet.give(view, selection(view.peers));
          fates.keepOnly(shown.peers);
          return shown;
        }),
      );
    });
}
