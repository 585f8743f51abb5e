/** The same pages for a dark room: other colours, nothing else. Contrast stays at 4.5:1 and above. */
export const darkStyle = `@media (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --ink: #e7edf2; --quiet: #a9b8c4; --link: #8cc4f5; --line: #3a4853; --ground: #1d262d; --paper: #141b20;
    --accent: #8cc4f5; --on-accent: #0c1a26; --accent-soft: #1b2c3a;
    --negative: #8ed1aa; --negative-soft: #1c3a2a; --person: #f0c46b; --person-soft: #43340f;
    --positive: #f5a58f; --positive-soft: #4b2218;
    background: var(--paper);
  }
  .notice { background: #33290f; color: #f6e3b5; border-left-color: #d99a2b; }
  .state { color: var(--negative); }
  .state.missing { color: var(--positive); }
  :target { background: #4a3f12; }
}
`;
