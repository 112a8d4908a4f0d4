import type { Bounds } from "./bounds.ts";
import type { Claim, Violation } from "./claims/claim.ts";
import { History } from "./history.ts";
import { lackTales } from "./lacks.ts";
import type { Figure, Outcome } from "./scenario.ts";
import type { Story } from "./story.ts";

/** Puts a story before its claims. A process that ended by itself is a violation too. */
export function judged(of: {
  readonly story: Story;
  readonly bounds: Bounds;
  readonly claims: readonly Claim[];
  readonly figures: (history: History, bounds: Bounds) => readonly Figure[];
  /** Processes that ended by themselves. */
  readonly failures: readonly string[];
}): Outcome {
  const { bounds, claims, failures } = of;
  const history = new History(of.story);
  const { story } = history;
  const violations = claims.flatMap((claim) => claim.check(history, bounds));
  const ended = failures.map((text): Violation => {
    const { toMs } = story;
    return { claim: "processes run", watcher: "", fromMs: toMs - 1, toMs, text };
  });
  return {
    story,
    claims,
    violations: [...violations, ...ended],
    figures: of.figures(history, bounds),
    lacks: lackTales(history, bounds),
  };
}
