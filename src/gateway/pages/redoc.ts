import { html, raw } from "hono/html";
import type { GatewayContext } from "../serving.ts";
import { page } from "./page.ts";

const head = `<link rel="stylesheet" href="/docs/read.css">
<script src="/docs/redoc.standalone.js" defer></script>
<script src="/docs/read.js" defer></script>
`;

/** The document for reading. The library writes style elements of its own, so this page alone allows them. */
export async function redocPage(c: GatewayContext, title: string, address: string): Promise<Response> {
  const body = html`<h1>${title}</h1>
<noscript><p>This page needs JavaScript. The same document for machines: <a href="${address}">${address}</a>.</p></noscript>
<div id="reading" data-document="${raw(address)}"></div>`;
  const answer = await page(c, title, body, head);
  const policy = answer.headers.get("content-security-policy") ?? "";
  answer.headers.set("content-security-policy", policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"));
  return answer;
}
