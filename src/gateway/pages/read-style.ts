/** The page for reading uses the whole window: its library lays three columns side by side. */
export const readStyle = `body { max-width: none; padding: 0; }
header, .notice, main > h1, main > noscript, footer { margin-left: max(1rem, calc((100vw - 90rem) / 2)); margin-right: max(1rem, calc((100vw - 90rem) / 2)); }
#reading { margin-top: 1.5rem; border-top: 1px solid var(--line); background: #fff; color: #1b2733; }
#reading p { max-width: none; }
#reading tr { padding: 0; border: 0; }
#reading th, #reading td { border-bottom: 0; white-space: normal; }
#reading pre { border: 0; background: none; }
@media (max-width: 43.99rem) { #reading tr { display: table-row; } #reading td { display: table-cell; padding: 0.5rem 0.5rem 0.5rem 0; } }
`;
