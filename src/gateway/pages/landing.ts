import { html } from "hono/html";
import type { MissingProgramme, Programme, ProgrammeCatalog } from "../../contracts/index.ts";
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
    html`<h1>Image screening server</h1>
<p class="lead">Fovea reads medical screening images: a fast reader first, a fine reader for what is uncertain, people
for what stays uncertain.</p>
<h2>Programmes on this server</h2>
<dl>
${list.map(programmeEntry)}</dl>
<h2>Read an image</h2>
<pre>curl -F image=@eye.jpg ${origin}/v1/programmes/${example}/cases</pre>
<p>Where this server asks for an API key, add <code>-H "X-API-Key: …"</code>.</p>
<h2>Where to look</h2>
<dl>
<dt><a href="/docs">/docs</a></dt><dd>The API: every call, to read and to try.</dd>
<dt><a href="/docs/problems">/docs/problems</a></dt><dd>What each refusal means and what to do about it.</dd>
<dt><a href="/readyz">/readyz</a></dt><dd>Whether images are accepted now.</dd>
<dt><a href="/metrics">/metrics</a></dt><dd>Counts and times for Prometheus.</dd>
</dl>`,
  );
}

/** A catalogued programme is whole or not; whether the engine runs is for /readyz. */
function programmeEntry(entry: Programme | MissingProgramme) {
  const { id, title, description } = entry.manifest;
  const state =
    "missing" in entry
      ? html`<span class="state missing">Not installed</span>`
      : html`<span class="state">Installed</span>`;
  return html`<dt><a href="/v1/programmes/${id}">${title}</a></dt><dd>${description} ${state}</dd>
`;
}
