/**
 * One light look for all pages, in the fonts of the reader's own machine. Text has a contrast of at least 4.5:1 on
 * its ground (WCAG 2.2 AA), and the element with the keyboard always shows it.
 */
export const pageStyle = `:root {
  color-scheme: light;
  --ink: #1b2733; --quiet: #4a5a68; --link: #0b5394; --line: #d3dce3; --ground: #f3f6f8; --paper: #fff;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, Arial, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 0 1rem; overflow-wrap: break-word; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:hover { text-decoration-thickness: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
header, footer { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; }
header { padding: 1rem 0; }
header a { padding: 0.25rem 0; color: var(--quiet); text-decoration: none; }
header a:hover, header [aria-current] { color: var(--ink); text-decoration: underline; }
header a:first-child { margin-right: auto; color: var(--ink); font-size: 1.25rem; font-weight: 700; }
.notice { margin: 0; padding: 0.75rem 1rem; border-left: 4px solid #a86200; background: #fff5e0; color: #4a2c00; }
h1 { margin: 1.75rem 0 0.5rem; font-size: 1.75rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.2rem; line-height: 1.3; }
main p { max-width: 44rem; }
p code { white-space: nowrap; }
.lead { font-size: 1.15rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.92em; }
pre { margin: 0.75rem 0; padding: 0.9rem 1rem; border: 1px solid var(--line); border-radius: 4px; background: var(--ground);
  white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 0.5rem 1.5rem; margin: 0.75rem 0; }
dd { margin: 0; }
.state { font-weight: 600; color: #17603a; }
.state.missing { color: #8f2d18; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.5rem 1.25rem 0.5rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-size: 0.9rem; }
:target { background: #fff0bf; }
footer { margin-top: 3rem; padding: 1rem 0 2rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: 0.92rem; }
@media (min-width: 44rem) { th:first-child, td:first-child, td:last-child { white-space: nowrap; } }
@media (max-width: 43.99rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.9rem; }
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: 1fr auto; padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
  td { padding: 0; border: 0; }
  td:nth-child(n + 3) { grid-column: 1 / -1; }
  td:last-child { color: var(--quiet); }
}
`;

/**
 * What the library's own look lacks for us: contrast, a visible focus, room on a phone. `#ui` outweighs its rules.
 * Its response tables undo the stacking of ours.
 */
export const apiStyle = `#ui .wrapper, #ui .scheme-container { padding: 0; box-shadow: none; }
#ui .scheme-container { margin: 0 0 1rem; }
#ui .info { margin: 0 0 1rem; }
#ui p { max-width: none; }
#ui p code { white-space: normal; }
#ui .info hgroup, #ui .servers-title, #ui .servers, #ui .response-col_links { display: none; }
#ui .info a, #ui .btn.authorize, #ui .btn.authorize svg { color: var(--link); fill: currentColor; }
#ui .btn.authorize { border-color: currentColor; }
#ui .btn.execute { border-color: var(--link); background: var(--link); }
#ui .btn.cancel { border-color: currentColor; color: #a82317; }
#ui .opblock-summary-method { background: var(--quiet); text-shadow: none; }
#ui .opblock-get .opblock-summary-method { background: var(--link); }
#ui .opblock-post .opblock-summary-method { background: #17603a; }
#ui .opblock-deprecated { opacity: 1; }
#ui .opblock-deprecated .opblock-summary-method { background: var(--quiet); }
#ui .json-schema-2020-12-expand-deep-button, #ui .parameter__in, #ui .parameter__deprecated { color: var(--quiet); }
#ui :focus-visible { outline: 3px solid var(--link); outline-offset: -3px; }
#ui thead { position: static; clip-path: none; }
#ui th, #ui td { white-space: normal; }
#ui pre { border: 0; }
#ui .renderedMarkdown code { color: inherit; }
#ui .json-schema-2020-12__constraint { background: var(--quiet); font-size: 0.8rem; }
#ui .opblock-section-header { flex-wrap: wrap; gap: 0.5rem; }
#ui .opblock-section-header .btn-group { padding: 0; }
#ui .tab-item h4 span::after { display: none; }
#ui .required::after, #ui .required span { color: #a82317; }
@media (max-width: 43.99rem) {
  #ui thead, #ui .opblock-summary .view-line-link { display: none; }
  #ui tbody, #ui tr, #ui td { display: block; width: auto; max-width: none; padding: 0; border: 0; }
  #ui td { padding: 0.25rem 0; color: inherit; }
  #ui .execute-wrapper, #ui .btn-group, #ui .opblock-section-header, #ui .responses-inner, #ui .table-container { padding: 0.75rem; }
  #ui .opblock-summary-method { min-width: 3.75rem; padding: 0.4rem 0; }
}
`;
