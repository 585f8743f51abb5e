import { html, raw } from "hono/html";
import { disclaimer } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";

type Markup = ReturnType<typeof html>;

/** Everything from this server: no inline script, no inline style, no other origin, and nobody may frame it. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A page of this server. Values put into `body` by the `html` tag are escaped. */
export async function page(c: GatewayContext, title: string, body: Markup, head = ""): Promise<Response> {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Fovea</title>
<link rel="stylesheet" href="/docs/page.css">
${raw(head)}</head>
<body>
<header><a href="/">Fovea</a> <nav><a href="/docs">API</a> <a href="/docs/problems">Problems</a></nav></header>
<main>
${await body}
</main>
<footer><strong>${disclaimer}</strong></footer>
</body>
</html>
`;
  c.header("Content-Security-Policy", pagePolicy);
  c.header("Content-Type", "text/html; charset=utf-8");
  return c.body(String(text));
}

export const pageStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 2rem; }
header { display: flex; justify-content: space-between; padding: 1rem 0; border-bottom: 1px solid #8886; }
header nav a { margin-left: 1rem; }
main { overflow-x: auto; }
footer { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid #8886; }
pre { background: #8882; padding: 1rem; overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #8886; padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
:target { background: #fc06; }
#ui { background: #fff; color-scheme: light; }
`;
