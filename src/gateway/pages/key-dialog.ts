import { html } from "hono/html";

/** Where a page's program asks for the key that the server wants; the same on every page. */
export const keyDialog = html`<p id="key-needed" class="readiness" hidden>This server asks for a key. <button type="button" class="quiet">Enter the key</button></p>
<dialog id="key-dialog" aria-labelledby="key-title"><form method="dialog">
<h2 id="key-title">This server asks for a key</h2>
<p id="key-words">Whoever runs this server has given you one. It is kept until this tab is closed.</p>
<p><label for="key">Key</label><input id="key" type="password" autocomplete="off" required aria-describedby="key-words"></p>
<p class="actions"><button type="submit" class="button">Use this key</button> <button type="button" class="quiet">Not now</button></p>
</form></dialog>`;
