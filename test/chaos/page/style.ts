/** How the page looks, by day and by night. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #16202e; --faint: #66748a; --rule: #dfe4ec; --lane: #f1f4f8;
  --crash: #334155; --freeze: #3b82f6; --cut: #f59e0b; --full: #a855f7; --loss: #0ea5a4; --delay: #7dd3c8;
  --good: #15803d; --bad: #dc2626; --live: #22c55e; --learning: #eab308; --held: #f97316; --stale: #94a3b8;
  --size: #2563eb; --calm: #22c55e1f; --stall: #b8c2d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d131c; --card: #151d29; --ink: #e6ebf2; --faint: #8d9bb0; --rule: #263244; --lane: #1a2432;
    --crash: #cbd5e1; --freeze: #60a5fa; --cut: #fbbf24; --full: #c084fc; --loss: #2dd4bf; --delay: #115e59;
    --good: #4ade80; --bad: #f87171; --size: #93c5fd; --calm: #22c55e1a; --stall: #47566c; --stale: #64748b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; }
header, main { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
header { display: flex; align-items: baseline; justify-content: space-between; padding-top: 20px; flex-wrap: wrap; }
h1 { font-size: 22px; margin: 0 0 8px; letter-spacing: -0.01em; }
h1 span { color: var(--faint); font-weight: 500; }
h2 { font-size: 15px; margin: 0 0 10px; }
header p { margin: 0 0 8px; color: var(--faint); }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 16px 18px; margin-bottom: 16px; }
.columns { display: grid; grid-template-columns: 3fr 2fr; gap: 16px; align-items: start; }
@media (max-width: 900px) { .columns { grid-template-columns: 1fr; } }
b.good, b.bad { border-radius: 999px; padding: 2px 10px; font-weight: 600; font-size: 12px; margin-right: 8px; white-space: nowrap; }
b.good { color: var(--good); background: color-mix(in srgb, var(--good) 14%, transparent); }
b.bad { color: var(--bad); background: color-mix(in srgb, var(--bad) 14%, transparent); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--faint); font-weight: 500; font-size: 12px; }
td, th { padding: 4px 8px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
tr.bad td { color: var(--bad); }
.claims { list-style: none; padding: 0; margin: 0; }
.claims li { display: flex; gap: 8px; padding: 5px 0; align-items: start; color: var(--faint); }
.claims strong { color: var(--ink); }
pre { margin: 4px 0 12px; color: var(--faint); font-size: 12px; overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 10px; color: var(--faint); font-size: 12px; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }
.sign { width: 16px; height: 10px; }
.came-mark, .went-mark { width: 2px; height: 10px; display: inline-block; background: var(--good); }
.went-mark { background: var(--bad); }
.timeline { overflow-x: auto; }
.timeline > svg { width: 100%; min-width: 1100px; display: block; }
.lane { fill: var(--lane); }
.label { text-anchor: start; font-size: 11px; font-weight: 600; fill: var(--ink); }
.edge { text-anchor: end; font-size: 9px; fill: var(--faint); }
.second { text-anchor: middle; font-size: 10px; fill: var(--faint); }
.tick { stroke: var(--rule); stroke-width: 1; }
.calm { fill: var(--calm); }
.fault { fill-opacity: 0.85; }
.crash { fill: var(--crash); } .freeze { fill: var(--freeze); } .full { fill: var(--full); }
.cut { fill: var(--cut); fill-opacity: 0.55; }
.loss { fill: var(--loss); fill-opacity: 0.6; } .delay { fill: var(--delay); }
.stall { fill: var(--stall); }
.live { fill: var(--live); } .learning { fill: var(--learning); } .held { fill: var(--held); }
.stale { fill: var(--stale); } .away { fill: transparent; }
.size { fill: none; stroke: var(--size); stroke-width: 1.4; }
.came { stroke: var(--good); stroke-width: 1.2; } .went { stroke: var(--bad); stroke-width: 1.2; }
.violation { fill: var(--bad); fill-opacity: 0.35; stroke: var(--bad); stroke-width: 1; }
.number { font-size: 11px; font-weight: 700; fill: var(--bad); }
`;
