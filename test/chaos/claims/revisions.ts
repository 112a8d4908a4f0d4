import type { Fact, Seen } from "../story.ts";
import type { Claim, Violation } from "./claim.ts";
import { within } from "./claim.ts";

type ViewFact = Extract<Fact, { readonly kind: "view" }>;

/** Neither a watcher's own count nor that of a registrar's run ever goes back. */
export const revisionsNeverGoBack: Claim = {
  name: "revisions never go back",
  text: "A view's own revision goes up one by one; that of a source never goes back in one run of the registrar, and an old run does not return.",
  check: (history) => {
    const violations: Violation[] = [];
    for (const watcher of history.story.cast.watchers) {
      const views = history.story.facts.filter(
        (fact): fact is ViewFact => fact.kind === "view" && fact.node === watcher,
      );
      for (const { atMs, text } of stepsBack(views)) {
        violations.push({
          claim: revisionsNeverGoBack.name,
          watcher,
          fromMs: atMs,
          toMs: atMs + 1,
          text: `${watcher}: ${text}`,
        });
      }
    }
    return within(history, violations);
  },
};

function stepsBack(views: readonly ViewFact[]): readonly { atMs: number; text: string }[] {
  const latest = new Map<string, Seen>();
  const over = new Set<string>();
  return views.flatMap((view, at) => {
    const before = views[at - 1];
    const found: string[] = [];
    if (before !== undefined && view.revision !== before.revision + 1) {
      found.push(`view ${view.revision} follows ${before.revision}`);
    }
    for (const source of view.sources) {
      const was = latest.get(source.registrar);
      const wrong = was === undefined ? undefined : wrongStep(was, source, over);
      if (wrong !== undefined) found.push(`${source.registrar} ${wrong}`);
      if (was !== undefined && was.epoch !== source.epoch) over.add(String(was.epoch));
      latest.set(source.registrar, source);
    }
    return found.map((text) => ({ atMs: view.atMs, text }));
  });
}

function wrongStep(was: Seen, now: Seen, over: ReadonlySet<string>): string | undefined {
  if (was.epoch === now.epoch) {
    if (now.revision >= was.revision) return undefined;
    return `goes back from revision ${was.revision} to ${now.revision}`;
  }
  return over.has(String(now.epoch)) ? `returns to a run that was over` : undefined;
}
