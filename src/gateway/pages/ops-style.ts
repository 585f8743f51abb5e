/** The look of the page of operation, beside that of the screening page. */
export const opsStyle = `.ops-line { margin: 0.5rem 0 0; color: var(--quiet); }
.ops-line::before { content: "" / ""; display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.5rem; border: 2px solid var(--person); border-radius: 50%; }
.ops-line[data-state="live"]::before { border-color: var(--negative); background: var(--negative); }
.ops-state { display: inline-block; margin: 0 0 1rem; padding: 0.35rem 1rem; border-radius: 1rem; background: var(--negative-soft); color: var(--negative); font-weight: 650; }
.ops-state[data-bad] { background: var(--positive-soft); color: var(--positive); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin: 0; padding: 0; list-style: none; }
.figures li { padding: 0.75rem 1rem; border: 1px solid var(--line); border-left-width: 4px; border-radius: 8px; }
.figures li[data-mark="warn"] { border-left-color: var(--person); }
.figures li[data-mark="bad"] { border-left-color: var(--positive); }
.figures .name { display: block; color: var(--quiet); font-size: 0.95rem; }
.figures a { display: block; font-size: 0.95rem; }
.figures strong { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
.figures small, .ops-n { color: var(--quiet); font-size: 0.88rem; }
.ops-grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2.5rem; }
.ops-rows { margin: 0; padding: 0; list-style: none; }
.ops-rows li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.1rem 1rem; padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
.ops-rows .value { font-variant-numeric: tabular-nums; text-align: right; }
.ops-rows .under { grid-column: 1 / -1; color: var(--quiet); font-size: 0.88rem; overflow-wrap: anywhere; }
.ops-rows meter, .ops-rows progress { grid-column: 1 / -1; width: 100%; height: 0.6rem; }
.ops-rows .bad { color: var(--positive); font-weight: 650; }
.ops-rows .warn { color: var(--person); font-weight: 650; }
.ops-rows .actions { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0.5rem; }
.ops-check { display: block; padding: 0.5rem 0; }
.ops-check input { width: 1.25rem; height: 1.25rem; vertical-align: middle; }
.ops-why { display: block; margin: 0.75rem 0 0; color: var(--quiet); font-size: 0.95rem; }
.ops-why input { display: block; width: 100%; max-width: 30rem; }
.ops-rows .actions input { width: 5.5rem; }
#batch-words:empty, #work-words:empty { display: none; }
#batch-words, #work-words { padding: 0.75rem 1rem; border-left: 4px solid var(--positive); background: var(--positive-soft); }
#audit[data-bad] { color: var(--positive); font-weight: 650; }
@media (max-width: 43.99rem) {
  .ops-grid { grid-template-columns: minmax(0, 1fr); }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .figures li { padding: 0.6rem 0.75rem; }
}
`;
