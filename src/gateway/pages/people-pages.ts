import { html } from "hono/html";
import { personStatuses } from "../../contracts/index.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { keyDialog } from "./key-dialog.ts";
import { page } from "./page.ts";

const accepted = "image/jpeg,image/png,image/webp,image/tiff,image/bmp";
const head = (script: string) => `<link rel="stylesheet" href="/assets/screen.css">
<link rel="stylesheet" href="/assets/people.css">
<link rel="stylesheet" href="/assets/dark.css">
<script type="module" src="/assets/${script}"></script>
`;
const noScript = html`<noscript><p class="refusal">This page needs JavaScript. Without it, people are read through the API: see /docs.</p></noscript>`;

/** What is told about people, and whether this page hears of it at once. */
const notices = html`<div class="live"><p id="line" role="status">Connecting …</p>
<button type="button" id="notices-button" class="quiet" aria-expanded="false" aria-controls="notices">Notifications <span id="unread" class="badge" hidden></span></button></div>
<p id="told" class="unseen" role="status"></p>
<section id="notices" class="notices" aria-labelledby="notices-title" hidden>
<div class="tools"><h2 id="notices-title" tabindex="-1">Notifications</h2><button type="button" id="read-all" class="quiet">Mark all as read</button></div>
<p id="notices-words" class="hint"></p><ul id="notices-list"></ul>
</section>`;

const veil = html`<div id="veil" class="veil" hidden><p>Let go to add the picture</p></div>`;

/** Everybody whose pictures are read, and the form that admits one more. */
export function peoplePage(c: GatewayContext, { limits }: Pick<Serving, "limits">): Promise<Response> {
  return page(
    c,
    "People",
    html`<h1>People</h1>
${noScript}${keyDialog}
${notices}
<details id="admit" class="admit"><summary>Admit a person</summary>
<form id="admit-form" novalidate data-image-bytes-max="${limits.imageBytesMax}">
<div class="fields">
<label class="field"><span id="name-label">Name</span><input name="name" aria-labelledby="name-label" required maxlength="100" autocomplete="off"></label>
<label class="field"><span id="age-label">Age</span><input name="age" aria-labelledby="age-label" inputmode="numeric" maxlength="3" autocomplete="off"></label>
<label class="field"><span>Gender</span><input name="gender" maxlength="50" autocomplete="off" list="genders"></label>
<datalist id="genders"><option value="Female"></option><option value="Male"></option></datalist>
<label class="field wide"><span>Symptoms, with commas between</span><input name="symptoms" maxlength="2000" autocomplete="off"></label>
<label class="field wide"><span>History of illness</span><textarea name="history" rows="3" maxlength="20000"></textarea></label>
</div>
<div class="drop"><div id="chosen" class="chosen" hidden></div>
<p><input class="unseen" id="files" type="file" accept="${accepted}"><label class="button" for="files">Choose a picture of the eye</label></p>
<p class="hint">A photograph of the back of the eye, dropped, chosen or pasted. It can also be added later.</p></div>
<p id="admit-words" role="alert"></p>
<p class="actions"><button type="submit" class="button">Admit</button></p>
</form></details>
<form id="search-form" class="search" role="search">
<label class="field"><span>Search by name</span><input id="search" type="search" maxlength="100" autocomplete="off"></label>
<label class="field"><span>Status</span><select id="status"><option value="">All</option>${personStatuses.map((status) => html`<option>${status}</option>`)}</select></label>
</form>
<p id="people-words" class="hint" role="status">Asking the server …</p>
<ul id="people" class="people"></ul>
<nav id="pages" class="actions" aria-label="Pages" hidden><button type="button" id="newer" class="quiet">Newer</button><button type="button" id="older" class="quiet">Older</button></nav>
${veil}`,
    head("people-main.js"),
  );
}

/** One person. The address names nobody, and neither does the page until its program has asked. */
export function personPage(c: GatewayContext, { limits }: Pick<Serving, "limits">): Promise<Response> {
  return page(
    c,
    "Person",
    html`<p class="back"><a href="/people">All people</a></p>
<h1 id="person-name" tabindex="-1">Person</h1>
${noScript}${keyDialog}
${notices}
<p id="person-words" role="status">Asking the server …</p>
<p id="person-alert" role="alert"></p>
<div id="person" hidden data-image-bytes-max="${limits.imageBytesMax}">
<ol id="steps" class="steps"></ol>
<div class="person-grid"><section aria-labelledby="picture-title"><h2 id="picture-title">Picture</h2><div id="picture"></div>
<div class="change-picture"><div id="chosen" class="chosen" hidden></div>
<p><input class="unseen" id="files" type="file" accept="${accepted}"><label class="button secondary" id="choose" for="files">Choose a picture</label></p></div></section>
<section aria-labelledby="facts-title"><h2 id="facts-title">Facts</h2><div id="facts"></div></section></div>
<section aria-labelledby="analysis-title"><h2 id="analysis-title">Analysis</h2><div id="analysis"></div></section>
<section aria-labelledby="appointment-title"><h2 id="appointment-title">Appointment</h2><div id="appointment"></div></section>
<section aria-labelledby="trend-title"><h2 id="trend-title">Measures of the eye</h2><div id="trend"></div></section>
<section aria-labelledby="cases-title"><h2 id="cases-title">Pictures that were read</h2><div id="cases"></div></section>
</div>
${veil}`,
    head("person-main.js"),
  );
}
