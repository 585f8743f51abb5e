import { html, raw } from "hono/html";
import { disclaimer } from "../../contracts/index.ts";
import { version } from "../../platform/index.ts";
import type { GatewayContext } from "../serving.ts";

type Markup = ReturnType<typeof html>;

/**
 * Everything from this server: no inline script, no inline style, no other origin, and nobody may frame it.
 * `blob:` is a picture that a person chose, which the page shows from the person's own disk.
 */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const places = [
  ["/", "Fovea"],
  ["/people", "People"],
  ["/ops", "Operation"],
  ["/docs", "API"],
  ["/docs/problems", "Problems"],
] as const;

/** A page of this server, the disclaimer first. Values put into `body` by the `html` tag are escaped. */
export async function page(c: GatewayContext, title: string, body: Markup, head = ""): Promise<Response> {
  const links = places.map(
    ([path, name]) => html`<a href="${path}"${path === c.req.path ? raw(' aria-current="page"') : ""}>${name}</a>\n`,
  );
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Fovea</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/page.css">
${raw(head)}</head>
<body>
<header>
${links}</header>
<p class="notice" role="note"><strong>${disclaimer}</strong></p>
<main>
${await body}
</main>
<footer><span>Fovea ${version}</span> <a href="/openapi.json">OpenAPI document</a> <a href="/readyz">Readiness</a></footer>
</body>
</html>
`;
  c.header("Content-Security-Policy", pagePolicy);
  c.header("Content-Type", "text/html; charset=utf-8");
  return c.body(String(text));
}
