/** What reports look like. */

/** Colours of series; see the style sheet’s --c0 … */
export const COLOURS = 8;

/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
export const REPORT_STYLE = `
:root { --text: #1b1f24; --muted: #59636e; --line: #d6dbe1; --back: #fff; --warn: #7a4b00;
  --c0: #5c6670; --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #b0558a; --c5: #a67c00; --c6: #3a8fc7; --c7: #7a5cc0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ed; --muted: #9aa4b0; --line: #333b44; --back: #14181d; --warn: #f0b95a;
    --c0: #a9b3be; --c1: #58b4f0; --c2: #ff8f4a; --c3: #35cfa2; --c4: #e49ac4; --c5: #e6c34a; --c6: #8ccbf5; --c7: #b5a0ee; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 24px; } h2 { font-size: 17px; margin: 24px 0 8px; }
.warning { color: var(--warn); }
.grid-of-sections { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 0 32px; }
section { min-width: 0; } figure { margin: 12px 0; } figcaption { font-weight: 600; } svg { width: 100%; max-width: 520px; height: auto; display: block; }
.grid { stroke: var(--line); } .tick, .axis { fill: var(--muted); font: 12px system-ui, sans-serif; }
.label { font: 600 12px system-ui, sans-serif; fill: currentColor; }
.band { fill: currentColor; opacity: 0.15; stroke: none; }
.bar { stroke: currentColor; stroke-width: 1.5; fill: none; } circle { fill: currentColor; }
${Array.from({ length: COLOURS }, (_, i) => `.series-${i} { color: var(--c${i}); }`).join('\n')}
.scroll { overflow-x: auto; }
summary { cursor: pointer; color: var(--muted); margin: 6px 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th[scope=row], th:first-child { text-align: left; } small { color: var(--muted); display: block; }
.left { text-align: left; } .ring { fill: none; stroke: var(--muted); stroke-width: 1.5; }
.facts td { text-align: left; white-space: normal; }
`;
