import { html } from "hono/html";
import type { ProgrammeCatalog } from "../../contracts/index.ts";
import { version } from "../../platform/index.ts";
import type { GatewayContext } from "../serving.ts";
import { page } from "./page.ts";

/** What this is and how to call it, for someone who opened the port in a browser. */
export function landing(c: GatewayContext, { programmes }: ProgrammeCatalog): Promise<Response> {
  const list = [...programmes.values()];
  const example = list.find((each) => !("missing" in each))?.manifest.id ?? list[0]?.manifest.id ?? "cataract";
  const { origin } = new URL(c.req.url);
  return page(
    c,
    "Screening server",
    html`<h1>Fovea ${version}</h1>
<p>Reads medical screening images: a fast reader first, a fine reader for what is uncertain, people for what stays
uncertain.</p>
<h2>Programmes</h2>
<ul>
${list.map(({ manifest, ...rest }) => html`<li><a href="/v1/programmes/${manifest.id}">${manifest.title}</a>: ${manifest.description}${"missing" in rest ? " (not installed)" : ""}</li>`)}
</ul>
<h2>Read an image</h2>
<pre>curl -F image=@eye.jpg ${origin}/v1/programmes/${example}/cases</pre>
<p><a href="/docs">API</a>, <a href="/openapi.json">OpenAPI</a>, <a href="/docs/problems">problems</a>,
<a href="/readyz">readiness</a>, <a href="/metrics">metrics</a>.</p>`,
  );
}
