import { html } from "hono/html";
import type { GatewayContext } from "../serving.ts";
import { keyDialog } from "./key-dialog.ts";
import { page } from "./page.ts";

const head = `<link rel="stylesheet" href="/assets/screen.css">
<link rel="stylesheet" href="/assets/ops.css">
<link rel="stylesheet" href="/assets/dark.css">
<script type="module" src="/assets/ops-main.js"></script>
`;

/** How the server stands. It holds nothing until its program has asked, and never a name or a picture. */
export function opsPage(c: GatewayContext): Promise<Response> {
  return page(
    c,
    "Operation",
    html`<h1>Operation</h1>
<noscript><p class="refusal">This page needs JavaScript. Without it, ask GET /v1/ops and GET /readyz.</p></noscript>
${keyDialog}
<p id="line" class="ops-line" role="status">Asking the server …</p>
<div id="ops" hidden>
<section aria-labelledby="now-title"><h2 id="now-title">Now</h2><p id="state" class="ops-state"></p><ul id="figures" class="figures"></ul></section>
<div class="ops-grid">
<section aria-labelledby="queues-title"><h2 id="queues-title">Queues</h2><div id="queues"></div></section>
<section aria-labelledby="time-title"><h2 id="time-title">Where the time goes</h2><div id="stages"></div></section>
<section aria-labelledby="refused-title"><h2 id="refused-title">Refused</h2><div id="refused"></div></section>
<section aria-labelledby="engines-title"><h2 id="engines-title">Engines</h2><div id="engines"></div></section>
</div>
<section aria-labelledby="work-title"><h2 id="work-title">Work behind people who wait</h2><div id="work"></div>
<label class="ops-why">Why, for the audit log <input id="work-reason" maxlength="200" autocomplete="off"></label><p id="work-words" role="alert"></p></section>
<section aria-labelledby="models-title"><h2 id="models-title">Models</h2><div id="models"></div></section>
<section aria-labelledby="batches-title"><h2 id="batches-title">Batches</h2><p id="backlog" class="hint"></p><div id="batches"></div><p id="batch-words" role="alert"></p></section>
<section aria-labelledby="audit-title"><h2 id="audit-title">Audit log</h2><p id="audit" role="status"></p><p><button type="button" id="verify" class="quiet">Verify now</button></p></section>
<section aria-labelledby="settings-title"><h2 id="settings-title">Settings</h2><p class="hint">Read at the start. Secrets are never shown.</p>
<label class="ops-check"><input type="checkbox" id="all-settings"> Show those at their default as well</label><div id="settings"></div></section>
</div>`,
    head,
  );
}
