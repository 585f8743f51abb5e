import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { html } from "hono/html";
import { Problem } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { page } from "./page.ts";
import { apiStyle } from "./styles.ts";

/** The files of the library that the page needs, and no others: a name from a path never reaches the file system. */
const libraryFiles: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};
const ownFiles: Readonly<Record<string, { readonly mediaType: string; readonly text: string }>> = {
  "api.css": { mediaType: "text/css; charset=utf-8", text: apiStyle },
  "start.js": {
    mediaType: "text/javascript; charset=utf-8",
    text: `SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#ui", deepLinking: true, validatorUrl: null, defaultModelsExpandDepth: 0,
});
`,
  },
};

const head = `<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/api.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
`;

const body = html`<h1>API</h1>
<noscript><p>This page needs JavaScript. The same document for machines: <a href="/openapi.json">/openapi.json</a>.</p></noscript>
<div id="ui"></div>`;

export const swaggerPage = (c: GatewayContext): Promise<Response> => page(c, "API", body, head);

/**
 * Assets from the installed package: the page works without the internet.
 * @throws {Problem} route-not-found
 */
export async function swaggerAsset(c: GatewayContext, name: string): Promise<Response> {
  const own = Object.hasOwn(ownFiles, name) ? ownFiles[name] : undefined;
  const mediaType = own?.mediaType ?? (Object.hasOwn(libraryFiles, name) ? libraryFiles[name] : undefined);
  if (mediaType === undefined) throw new Problem("route-not-found");
  c.header("Content-Type", mediaType);
  c.header("Cache-Control", "private, max-age=3600");
  return c.body(own?.text ?? new Uint8Array(await readFile(join(libraryFolder(), name))));
}

const libraryFolder = (): string => dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
