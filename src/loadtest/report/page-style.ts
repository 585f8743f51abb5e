/** Of the report page; it stands alone, so nothing is shared with the server's pages. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #fbfbfa; --sheet: #fff; --ink: #1c1f22; --soft: #5b636b; --rule: #dfe3e6;
  --ok: #2c7fb8; --later: #8e6bbf; --shed: #d99a1c; --rejected: #9aa2a9; --failed: #c2352b; --gaveUp: #8c2d5a; --lost: #5f3a1e;
  --plain: #2c7fb8; --high: #d2691e; --good: #1d7a3c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --sheet: #1c2024; --ink: #e8eaec; --soft: #a4acb4;
  --rule: #343a40; --ok: #5aa9e0; --later: #b596e0; --shed: #e8b64a; --rejected: #7d858c; --failed: #ef6f64; --gaveUp: #e07fb0;
  --lost: #c49a6c; --plain: #5aa9e0; --high: #f0975a; --good: #6cc788; --bad: #ff8f86; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 1.6rem; margin: 0 0 4px; } h2 { font-size: 1.15rem; margin: 34px 0 10px; }
p { margin: 0 0 6px; } .soft { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 12px 0 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll + p { margin-top: 8px; } .scroll { overflow-x: auto; background: var(--sheet); border: 1px solid var(--rule); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 8px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th { color: var(--soft); font-weight: 600; } tr:last-child td { border-bottom: 0; }
.words { text-align: left; } .wrap { white-space: normal; min-width: 11em; }
.met { color: var(--good); font-weight: 600; } .missed { color: var(--bad); font-weight: 600; }
.head { white-space: normal; vertical-align: bottom; } .some { font-weight: 600; color: var(--bad); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); gap: 14px; }
figure { margin: 0; padding: 12px 14px 10px; background: var(--sheet); border: 1px solid var(--rule); border-radius: 8px; }
figcaption { font-weight: 600; font-size: .92rem; } figcaption span { font-weight: 400; color: var(--soft); }
svg { display: block; width: 100%; height: auto; } .tick { font-size: 11px; fill: var(--soft); } .grid { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .area { fill-opacity: .85; stroke: var(--sheet); stroke-width: .6; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0 0; padding: 0; font-size: .84rem; color: var(--soft); }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
${["ok", "later", "shed", "rejected", "failed", "gaveUp", "lost", "plain", "high"]
  .map(
    (tone) =>
      `path.line.${tone} { stroke: var(--${tone}); } path.area.${tone}, circle.${tone} { fill: var(--${tone}); } i.${tone} { background: var(--${tone}); }`,
  )
  .join("\n")}
@media print { .charts { grid-template-columns: 1fr 1fr; } figure { break-inside: avoid; } }
`;
