import { html } from "hono/html";
import type { MissingProgramme, Programme, ProgrammeCatalog } from "../../contracts/index.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { keyDialog } from "./key-dialog.ts";
import { page } from "./page.ts";

const head = `<link rel="stylesheet" href="/assets/screen.css">
<link rel="stylesheet" href="/assets/people.css">
<link rel="stylesheet" href="/assets/dark.css">
<script type="module" src="/assets/main.js"></script>
`;

/** The page on which a person drops pictures and reads results. The program of the page fills what is empty here. */
export function landing(c: GatewayContext, { programmes, limits }: Pick<Serving, "programmes" | "limits">) {
  return page(
    c,
    "Screen pictures",
    html`<h1>Screen pictures</h1>
<p class="lead">Drop photographs on this page. A fast reader looks first, a fine reader looks at what is uncertain,
and what stays uncertain goes to a person.</p>
<noscript><p class="refusal">This page needs JavaScript. Without it, images are read through the API: see For developers below.</p></noscript>
<div id="readiness" class="readiness" hidden><p id="readiness-words" role="status"></p><progress aria-labelledby="readiness-words"></progress></div>
${keyDialog}
<fieldset id="programmes"><legend>What to look for</legend><p class="hint">Asking the server …</p></fieldset>
<details id="subject" class="subject"><summary>About the pictures you add next (optional)</summary>
<div class="fields">
<label class="field"><span>Identifier of the person</span><input id="patient-id" maxlength="64" autocomplete="off" aria-describedby="patient-hint"></label>
<label class="field" id="laterality-field"><span>Side</span><select id="laterality"><option value="">Not said</option><option value="left">Left</option><option value="right">Right</option><option value="both">Both</option></select></label>
</div><p class="hint" id="patient-hint">The identifier that your own records use, not a name. It is kept with the case and finds it again.</p></details>
<div id="drop" class="drop" data-image-bytes-max="${limits.imageBytesMax}">
<p class="drop-words">Drop pictures here</p>
<p><input class="unseen" id="files" type="file" multiple accept="image/jpeg,image/png,image/webp,image/tiff,image/bmp">
<label class="button" for="files">Choose pictures</label></p>
<p class="hint">One or many, dropped, chosen or pasted. JPEG, PNG, WebP, TIFF or BMP, up to
${megabytes(limits.imageBytesMax)} each. File names stay in this browser.</p>
</div>
<p id="message" role="alert"></p>
<p id="announcements" class="unseen" role="status"></p>
<section id="queue" aria-labelledby="queue-title" hidden>
<h2 id="queue-title" tabindex="-1">Pictures</h2>
<div class="overall"><progress id="overall" max="1" value="0" aria-labelledby="overall-words"></progress><span id="overall-words"></span></div>
<div class="tools"><div id="filters" class="filters" role="group" aria-label="Show"></div>
<div class="actions"><button type="button" id="cancel-all" class="quiet">Cancel all</button>
<button type="button" id="clear" class="quiet">Remove finished</button></div></div>
<ol id="items"></ol>
</section>
${developers(c, programmes)}
<div id="veil" class="veil" hidden><p>Let go to add the pictures</p></div>`,
    head,
  );
}

/** How to call the server instead, and what else it shows. */
function developers(c: GatewayContext, { programmes }: ProgrammeCatalog) {
  const list = [...programmes.values()];
  const example = list.find((each) => !("missing" in each))?.manifest.id ?? list[0]?.manifest.id ?? "cataract";
  const { origin } = new URL(c.req.url);
  return html`<section class="developers" aria-labelledby="developers-title">
<h2 id="developers-title">For developers</h2>
<p>The same readers answer over HTTP.</p>
<pre>curl -F image=@eye.jpg ${origin}/v1/programmes/${example}/cases</pre>
<p>Where this server asks for an API key, add <code>-H "X-API-Key: …"</code>.</p>
<h3>Programmes on this server</h3>
<dl>
${list.map(programmeEntry)}</dl>
<h3>Where to look</h3>
<dl>
<dt><a href="/people">/people</a></dt><dd>People whose pictures are read, and what is told about them.</dd>
<dt><a href="/ops">/ops</a></dt><dd>How the server stands: load, queues, models, batches, settings.</dd>
<dt><a href="/docs">/docs</a></dt><dd>The API: every call, to try.</dd>
<dt><a href="/redoc">/redoc</a></dt><dd>The same to read.</dd>
<dt><a href="/docs/problems">/docs/problems</a></dt><dd>What each refusal means and what to do about it.</dd>
<dt><a href="/readyz">/readyz</a></dt><dd>Whether images are accepted now.</dd>
<dt><a href="/metrics">/metrics</a></dt><dd>Counts and times for Prometheus.</dd>
</dl>
</section>`;
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

const megabytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MB`;
