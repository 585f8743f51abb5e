import { html } from "hono/html";
import { type ProblemCode, problems } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { page } from "./page.ts";

const rows = Object.entries(problems) as [ProblemCode, (typeof problems)[ProblemCode]][];
const retry = (retryable: boolean): string => (retryable ? "retry later" : "change the request first");

/** Where the `type` of every problem leads: one row a code, with the code as its anchor. */
export function problemPage(c: GatewayContext): Promise<Response> {
  return page(
    c,
    "Problems",
    html`<h1>Problems</h1>
<p>Refusals are <code>application/problem+json</code> (RFC 9457). Match on
<code>code</code>: titles and details may change.</p>
<table>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">What to do</th></tr></thead>
<tbody>
${rows.map(([code, { status, title, retryable }]) => html`<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td><td>${retry(retryable)}</td></tr>`)}
</tbody>
</table>`,
    '<link rel="stylesheet" href="/assets/dark.css">\n',
  );
}

/** The same table for docs/problems.md. */
export function problemMarkdown(): string {
  const head = `# Problems

Every refusal of the native API is \`application/problem+json\` (RFC 9457). Match on \`code\`: titles and details may
change. 429 and 503 carry \`Retry-After\`. This page is generated from \`src/contracts/problems.ts\`; a running server
shows it at \`/docs/problems\`.

| code | status | meaning | what to do |
|---|---|---|---|
`;
  return (
    head +
    rows
      .map(([code, { status, title, retryable }]) => `| \`${code}\` | ${status} | ${title} | ${retry(retryable)} |\n`)
      .join("")
  );
}
