/**
 * The look of the screening page. Every state has words and a shape of its own beside its colour; text keeps 4.5:1
 * on its ground in light and dark, and controls are large enough for a finger.
 */
export const screenStyle = `:root {
  --accent: #0b5394; --on-accent: #fff; --accent-soft: #e8f1f9;
  --negative: #17603a; --negative-soft: #d9eee1; --person: #6b4700; --person-soft: #fbe7bd;
  --positive: #8f2d18; --positive-soft: #f8d9d0;
}
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.hint { color: var(--quiet); font-size: 0.95rem; }
button, .button { display: inline-block; min-height: 2.75rem; padding: 0.6rem 1.25rem; border: 1px solid var(--accent);
  border-radius: 6px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; line-height: 1.4; cursor: pointer; }
button.quiet, button.filter { border-color: var(--line); background: transparent; color: var(--link); }
button.quiet:hover:enabled, button.filter:hover:enabled { border-color: var(--link); }
button:disabled { color: var(--quiet); cursor: default; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }

fieldset { margin: 1.75rem 0 1.25rem; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: 0.5rem; font-weight: 600; }
.option { display: flex; gap: 0.75rem; align-items: baseline; max-width: 44rem; margin-bottom: 0.5rem; padding: 0.75rem 1rem;
  border: 1px solid var(--line); border-radius: 8px; }
.option:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
.option.missing { color: var(--quiet); background: var(--ground); }
.option input { flex: none; inline-size: 1.1rem; block-size: 1.1rem; accent-color: var(--accent); }

.subject { margin: 0 0 1rem; }
.subject .fields { grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); max-width: 44rem; }
.drop { padding: 2.5rem 1.25rem; border: 2px dashed var(--quiet); border-radius: 12px; background: var(--ground); text-align: center; }
main:has(#queue:not([hidden])) .drop { padding: 0.75rem 1.25rem; }
.drop p { max-width: 36rem; margin: 0.75rem auto; }
.drop-words { font-size: 1.25rem; font-weight: 600; }
#files:focus-visible + .button { outline: 3px solid var(--link); outline-offset: 2px; }
.veil { position: fixed; inset: 0; z-index: 2; display: grid; place-items: center; padding: 1rem; background: var(--accent); color: var(--on-accent);
  font-size: 1.75rem; font-weight: 600; text-align: center; opacity: 0.94; pointer-events: none; }
#message:not(:empty), .refusal { padding: 0.75rem 1rem; border-left: 4px solid var(--positive); background: var(--positive-soft); color: var(--ink); }
.readiness { margin: 1.25rem 0 0; padding: 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--accent-soft); }
.readiness p { margin: 0 0 0.5rem; }
progress { width: 100%; height: 0.6rem; accent-color: var(--accent); }

.overall { display: flex; gap: 1rem; align-items: center; }
.overall span { flex: none; color: var(--quiet); font-variant-numeric: tabular-nums; }
.tools { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.75rem; margin: 0.75rem 0 1rem; }
.filters { display: flex; flex-wrap: wrap; gap: 0.4rem; }
button.filter { padding: 0.5rem 0.9rem; border-radius: 2rem; font-weight: 400; font-variant-numeric: tabular-nums; }
button.filter[aria-pressed="true"] { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }

#items { margin: 0; padding: 0; list-style: none; }
.row { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 1.25rem; margin-bottom: 1rem; padding: 1.25rem; border: 1px solid var(--line);
  border-radius: 12px; background: var(--paper); }
.thumbnail { display: grid; place-items: center; width: 7rem; height: 7rem; overflow: hidden; border-radius: 8px; background: var(--ground);
  color: var(--quiet); font-size: 0.85rem; text-align: center; }
.thumbnail img { width: 100%; height: 100%; object-fit: cover; }
.row h3 { margin: 0; color: var(--quiet); font-size: 0.95rem; font-weight: 500; overflow-wrap: anywhere; }
.row p { margin: 0.25rem 0; }
.row-text > .actions:not(:empty) { margin-top: 0.75rem; }
.row[data-phase="reading"] .status::after { content: " …"; }
.outcome { display: flex; gap: 0.6rem; align-items: center; font-size: 1.3rem; font-weight: 650; line-height: 1.3; }
.outcome::before { flex: none; display: grid; place-items: center; width: 1.75rem; height: 1.75rem; border: 2px solid; border-radius: 50%; font-size: 1rem; font-weight: 700; line-height: 1; }
.outcome.negative { color: var(--negative); }
.outcome.negative::before { content: "\\2713" / ""; }
.outcome.positive { color: var(--positive); }
.outcome.positive::before { content: "!" / ""; border-radius: 5px; }
.outcome.person { color: var(--person); }
.outcome.person::before { content: "?" / ""; }
.outcome.refusal-title { color: var(--ink); font-size: 1.1rem; }
.outcome.refusal-title::before { content: "\\00d7" / ""; }
.row .advice { margin: 0.6rem 0; }
.advice { padding: 0.6rem 0.9rem; border-left: 4px solid var(--person); background: var(--person-soft); color: var(--ink); }
.why { color: var(--ink); }

.bands { margin: 1rem 0 0.5rem; max-width: 40rem; }
.bands figure { margin: 0 0 0.5rem; }
.bands figcaption { color: var(--quiet); font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.bands strong { color: var(--ink); }
.band { display: block; overflow: visible; }
.zone.negative { fill: var(--negative-soft); }
.zone.uncertain { fill: var(--person-soft); }
.zone.positive { fill: var(--positive-soft); }
.band text { fill: var(--ink); font-size: 0.8rem; }
.band .zone-name, .band .middle { text-anchor: middle; }
.band .axis { fill: var(--quiet); font-size: 0.78rem; }
.band .end { text-anchor: end; }
.tick { stroke: var(--quiet); stroke-width: 1.5; }
.marker path { fill: var(--ink); stroke: var(--paper); stroke-width: 1.5; }
.marker .stem { stroke: var(--ink); stroke-width: 2.5; }

details > summary { min-height: 2.75rem; padding: 0.6rem 0; color: var(--link); font-weight: 600; cursor: pointer; }
.detail-grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1.5rem; padding: 0.5rem 0 1rem; }
.stage { position: relative; margin-bottom: 0.75rem; overflow: hidden; border-radius: 8px; background: var(--ground); }
.stage img { display: block; width: 100%; height: auto; }
.stage .overlay { position: absolute; inset: 0; height: 100%; }
.stage:has(.placeholder) .overlay { position: static; height: auto; }
.placeholder { margin: 0; padding: 3rem 1rem; color: var(--quiet); text-align: center; overflow-wrap: anywhere; }
.slider { display: grid; grid-template-columns: 1fr auto; gap: 0.25rem 0.75rem; align-items: center; }
.slider span { grid-column: 1 / -1; }
.slider input { width: 100%; min-height: 2rem; accent-color: var(--accent); }
.slider output { min-width: 3.5rem; text-align: right; font-variant-numeric: tabular-nums; }
.facts { grid-template-columns: 1fr; gap: 0; margin: 0; align-content: start; }
.facts dt { color: var(--quiet); font-size: 0.9rem; }
.facts dd { margin-bottom: 0.75rem; overflow-wrap: anywhere; }
.disclaimer { margin-top: 0.75rem; padding-top: 0.6rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: 0.88rem; }
.row .disclaimer { max-width: none; }

dialog { width: min(30rem, calc(100vw - 2rem)); padding: 1.5rem; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); color: var(--ink); }
dialog::backdrop { background: rgb(10 20 30 / 0.55); }
dialog h2 { margin-top: 0; }
dialog label { display: block; font-weight: 600; }
dialog input { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; border: 1px solid var(--quiet); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit; }
.developers { margin-top: 4rem; padding-top: 0.5rem; border-top: 1px solid var(--line); }
h3 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }

@media (max-width: 43.99rem) {
  .row { grid-template-columns: minmax(0, 1fr); gap: 0.75rem; padding: 1rem; }
  .thumbnail { width: 4.5rem; height: 4.5rem; }
  .drop { padding: 1.5rem 1rem; }
}
@media (prefers-reduced-motion: no-preference) { button, .filter { transition: border-color 120ms; } }
@media (forced-colors: active) { .zone { stroke: CanvasText; } .marker path { fill: CanvasText; } }
`;
