import { around } from "../perform.ts";
import { holds, isGood } from "../report.ts";
import type { Outcome } from "../scenario.ts";
import { pictureOf } from "./picture.ts";
import { STYLE } from "./style.ts";
import { escaped } from "./svg.ts";

/** Violations that are told in words; all are in the picture. */
const TOLD_MAX = 25;
const BEFORE_MS = 12_000;

const LEGEND: readonly (readonly [kind: string, text: string])[] = [
  ["fault crash", "killed"],
  ["fault freeze", "stopped"],
  ["fault cut", "cut off (top: in, bottom: out, full: both)"],
  ["fault full", "no file left"],
  ["fault loss", "packets lost"],
  ["fault delay", "packets late"],
  ["stall", "stood still by itself"],
  ["calm", "all lifted"],
  ["stripe live", "live"],
  ["stripe learning", "learning"],
  ["stripe held", "held"],
  ["stripe stale", "stale"],
  ["violation", "violation"],
];

/** One page about one run, with everything in it: a picture, the figures, what was claimed. */
export function pageOf(outcome: Outcome): string {
  const { story } = outcome;
  const seconds = Math.round((story.toMs - story.fromMs) / 1000);
  const isHeld = isGood(outcome);
  const verdict = isHeld ? "everything held" : `${outcome.violations.length} violations`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rollcall under chaos: ${escaped(story.scenario)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Rollcall under chaos <span>${escaped(story.scenario)}</span></h1>
<p><b class="${isHeld ? "good" : "bad"}">${verdict}</b> ${story.faults.length} faults in ${seconds} s, seed ${story.seed}</p>
</header>
<main>
<section class="timeline">
${legend()}
${pictureOf(outcome)}
</section>
<div class="columns">
<section><h2>Figures</h2>${figures(outcome)}</section>
<section><h2>Claims</h2>${claims(outcome)}</section>
</div>
${violations(outcome)}${lacks(outcome)}
</main>
</body>
</html>
`;
}

function legend(): string {
  const items = LEGEND.map(([kind, text]) => {
    const sign = `<svg viewBox="0 0 16 10" class="sign"><rect class="${kind}" width="16" height="10" rx="2"/></svg>`;
    return `<span>${sign}${text}</span>`;
  });
  const marks = `<span><i class="came-mark"></i>joined a list</span><span><i class="went-mark"></i>left a list</span>`;
  return `<p class="legend">${items.join("")}${marks}</p>`;
}

function figures({ figures: all }: Outcome): string {
  const rows = all.map((figure) => {
    const most = figure.most === undefined ? "" : Math.round(figure.most).toLocaleString("en");
    const kind = holds(figure) ? "" : ' class="bad"';
    return `<tr${kind}><td>${escaped(figure.name)}</td><td>${escaped(figure.shown)}</td><td>${most}</td></tr>`;
  });
  return `<table><thead><tr><th>figure</th><th>measured</th><th>at most</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function claims({ claims: all, violations: found }: Outcome): string {
  const items = all.map(({ name, text }) => {
    const count = found.filter(({ claim }) => claim === name).length;
    const sign = count === 0 ? '<b class="good">held</b>' : `<b class="bad">${count}</b>`;
    return `<li>${sign}<div><strong>${escaped(name)}</strong><br>${escaped(text)}</div></li>`;
  });
  return `<ul class="claims">${items.join("")}</ul>`;
}

function violations({ story, violations: found }: Outcome): string {
  if (found.length === 0) return "";
  const seconds = (ms: number): string =>
    ((Math.min(ms, story.toMs) - story.fromMs) / 1000).toFixed(2);
  const items = found.slice(0, TOLD_MAX).map(({ claim, text, fromMs, toMs }) => {
    const zeroMs = story.fromMs;
    const before = around(story.faults, { fromMs: fromMs - BEFORE_MS, toMs, zeroMs });
    return `<li><strong>${escaped(claim)}</strong>, ${seconds(fromMs)} to ${seconds(toMs)} s: ${escaped(text)}<pre>${escaped(before.join("\n"))}</pre></li>`;
  });
  return `<section><h2>Violations</h2><ol>${items.join("")}</ol></section>`;
}

function lacks({ lacks: lines }: Outcome): string {
  if (lines.length === 0) return "";
  const items = lines.map((line) => `<li>${escaped(line)}</li>`);
  return `<section><h2>Live peers that a list lacked</h2><ul>${items.join("")}</ul></section>`;
}
