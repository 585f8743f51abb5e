/** The look of the pages of people, beside that of the screening page. */
export const peopleStyle = `.live { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.5rem 1rem; margin: 0.5rem 0 1rem; }
.live p { margin: 0; color: var(--quiet); }
#line::before { content: "" / ""; display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.5rem; border: 2px solid var(--person); border-radius: 50%; }
#line[data-state="live"]::before { border-color: var(--negative); background: var(--negative); }
.badge { display: inline-block; min-width: 1.5rem; margin-left: 0.25rem; padding: 0 0.4rem; border-radius: 1rem; background: var(--positive); color: var(--paper); font-variant-numeric: tabular-nums; text-align: center; }
.notices { margin: 0 0 1.5rem; padding: 0.5rem 1.25rem 1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--ground); }
.notices .tools { align-items: center; margin: 0; }
.notices h2 { margin: 0.75rem 0; }
.notices ul, .people, .label-bars, .symptoms { margin: 0; padding: 0; list-style: none; }
.notices ul { max-height: 24rem; overflow-y: auto; }
.note { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.25rem 1rem; align-items: center; padding: 0.6rem 0.25rem; border-top: 1px solid var(--line); }
.note p { margin: 0; overflow-wrap: anywhere; }
.note.unread p:first-child { font-weight: 600; }
.note .hint { grid-column: 1; }
.note.critical p:first-child::before { content: "!" / "Critical:"; margin-right: 0.5rem; padding: 0 0.45rem; border-radius: 4px; background: var(--positive); color: var(--paper); font-weight: 700; }
.note button { grid-column: 2; grid-row: 1 / span 2; }
.field { display: block; }
.field span { display: block; margin-bottom: 0.25rem; font-weight: 600; }
.field input, .field select, .field textarea { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; border: 1px solid var(--quiet); border-radius: 6px;
  background: var(--paper); color: var(--ink); font: inherit; }
.field [aria-invalid="true"] { border-color: var(--positive); border-width: 2px; }
.field small { display: block; margin-top: 0.25rem; color: var(--positive); font-size: 0.92rem; font-weight: 600; }
.fields { display: grid; grid-template-columns: 2fr 1fr 1fr; gap: 1rem; margin: 0.5rem 0 1rem; }
.fields .wide { grid-column: 1 / -1; }
.admit { margin: 0.5rem 0 1.5rem; padding: 0 1.25rem; border: 1px solid var(--line); border-radius: 12px; }
.admit[open] { padding-bottom: 1rem; }
.search { display: grid; grid-template-columns: minmax(0, 2fr) minmax(10rem, 1fr); gap: 1rem; }
.chosen { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; justify-content: center; margin-bottom: 0.75rem; }
.chosen img { width: 7rem; height: 7rem; border-radius: 8px; object-fit: cover; }
.button.secondary { border-color: var(--line); background: transparent; color: var(--link); }
.people > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.15rem 1rem; align-items: center; position: relative; padding: 0.9rem 1rem; border-bottom: 1px solid var(--line); }
.people > li:hover { background: var(--ground); }
.people p { margin: 0; color: var(--quiet); overflow-wrap: anywhere; }
.people a { font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
.people a::after { content: ""; position: absolute; inset: 0; }
.people .pill { grid-row: 1 / span 2; grid-column: 2; }
.pill { display: inline-block; padding: 0.2rem 0.7rem; border-radius: 1rem; background: var(--ground); color: var(--ink); font-size: 0.92rem; font-weight: 600; white-space: nowrap; }
.pill.critical { background: var(--positive-soft); color: var(--positive); }
.pill.stable, .pill.discharged { background: var(--negative-soft); color: var(--negative); }
.pill.pending-analysis { background: var(--person-soft); color: var(--person); }
#pages { margin: 1rem 0; }
.back { margin: 0.5rem 0 0; }
.back + h1 { margin-top: 0.5rem; overflow-wrap: anywhere; }
#person-alert:not(:empty), #admit-words:not(:empty) { padding: 0.75rem 1rem; border-left: 4px solid var(--positive); background: var(--positive-soft); color: var(--ink); }
#person-words:empty { display: none; }
.steps { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.5rem; margin: 1rem 0; padding: 0; list-style: none; }
.steps li { padding: 0.5rem 0.25rem 0; border-top: 4px solid var(--line); color: var(--quiet); font-size: 0.95rem; overflow-wrap: anywhere; }
.steps li.past { border-color: var(--negative); color: var(--ink); }
.steps [aria-current] { border-color: var(--accent); color: var(--ink); font-weight: 650; }
.person-grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2rem; }
.picture-frame img { display: block; max-width: 100%; max-height: 24rem; border-radius: 8px; }
.change-picture { margin-top: 0.75rem; }
.picture .field { margin-bottom: 0.75rem; }
.finding { max-width: 44rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 12px; }
.finding .outcome { margin: 0; }
.finding h3 { margin: 1rem 0 0.25rem; }
.finding ul { margin: 0.25rem 0; padding-left: 1.25rem; }
.act { max-width: 44rem; margin-top: 1rem; }
.act .field { margin-bottom: 0.75rem; }
.measures { grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 0.75rem; }
.measures div { padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
.measures dt { color: var(--quiet); font-size: 0.95rem; }
.measures dd { margin: 0; font-size: 1.4rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.measures small { display: block; color: var(--quiet); font-size: 0.92rem; font-weight: 400; }
.trend { margin: 1.25rem 0; }
.trend figcaption { font-weight: 600; }
.trend svg { display: block; width: 100%; }
.trend text { fill: var(--ink); font-size: 0.85rem; }
.trend .axis text { fill: var(--quiet); }
.trend .axis line { stroke: var(--line); }
.trend .line { fill: none; stroke: var(--link); stroke-width: 2; }
.trend circle { fill: var(--link); stroke: var(--paper); stroke-width: 2; }
.trend .usual { fill: var(--negative-soft); }
.trend table { max-width: 32rem; }
.case { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
.case summary span { color: var(--quiet); font-weight: 400; }
.labels { max-width: 40rem; margin: 0.75rem 0; }
.label-bars li { display: grid; grid-template-columns: 13rem minmax(0, 1fr) 5.5rem; gap: 0.75rem; align-items: center; padding: 0.2rem 0; }
.label-share { font-variant-numeric: tabular-nums; text-align: right; }
.label-bar { display: block; }
.label-bar .rail { fill: var(--ground); stroke: var(--line); }
.label-bar .fill { fill: var(--quiet); }
.label-bar .fill.positive { fill: var(--accent); }
@media (max-width: 43.99rem) {
  .fields, .search, .person-grid { grid-template-columns: minmax(0, 1fr); }
  .admit { padding-inline: 1rem; }
  .people > li { grid-template-columns: minmax(0, 1fr); padding-inline: 0; }
  .people .pill { grid-row: auto; grid-column: 1; justify-self: start; margin-top: 0.25rem; }
  .note { grid-template-columns: minmax(0, 1fr); }
  .note button { grid-column: 1; grid-row: auto; justify-self: start; }
  .steps { grid-template-columns: minmax(0, 1fr); }
  .steps li { padding: 0.25rem 0.75rem; border-top: 0; border-left: 4px solid var(--line); }
  .label-bars li { grid-template-columns: minmax(0, 1fr) auto; }
  .label-bar { grid-column: 1 / -1; grid-row: 2; }
}
@media (forced-colors: active) { .label-bar .fill { fill: CanvasText; } #line[data-state="live"]::before { background: CanvasText; } }
`;
