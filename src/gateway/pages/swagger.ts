import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { html } from "hono/html";
import { Problem } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { page } from "./page.ts";
import { readStyle } from "./read-style.ts";
import { apiStyle } from "./styles.ts";

const javascript = "text/javascript; charset=utf-8";

/** The files of the libraries that the pages need, and no others: a name from a path never reaches the file system. */
const libraryFiles: Readonly<
  Record<string, { readonly mediaType: string; readonly package: string; readonly path: string }>
> = {
  "swagger-ui.css": { mediaType: "text/css; charset=utf-8", package: "swagger-ui-dist", path: "swagger-ui.css" },
  "swagger-ui-bundle.js": { mediaType: javascript, package: "swagger-ui-dist", path: "swagger-ui-bundle.js" },
  "redoc.standalone.js": { mediaType: javascript, package: "redoc", path: "bundles/redoc.standalone.js" },
};
const ownFiles: Readonly<Record<string, { readonly mediaType: string; readonly text: string }>> = {
  "api.css": { mediaType: "text/css; charset=utf-8", text: apiStyle },
  "read.css": { mediaType: "text/css; charset=utf-8", text: readStyle },
  "start.js": {
    mediaType: javascript,
    text: `const { document: url } = document.getElementById("ui").dataset;
SwaggerUIBundle({ url, dom_id: "#ui", deepLinking: true, validatorUrl: null, defaultModelsExpandDepth: 0 });
`,
  },
  "read.js": {
    mediaType: javascript,
    text: `const place = document.getElementById("reading");
const theme = { colors: { primary: { main: "#0b5394" } }, typography: { fontFamily: "inherit", headings: { fontFamily: "inherit" },
  code: { color: "#8f2d18" }, fontSize: "16px" }, sidebar: { width: "18rem" } };
Redoc.init(place.dataset.document, { disableSearch: true, nativeScrollbars: true, theme }, place);
`,
  },
};

const head = `<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/api.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
`;

/** @param address of the document that is shown */
export function swaggerPage(c: GatewayContext, title = "API", address = "/openapi.json"): Promise<Response> {
  const body = html`<h1>${title}</h1>
<noscript><p>This page needs JavaScript. The same document for machines: <a href="${address}">${address}</a>.</p></noscript>
<div id="ui" data-document="${address}"></div>`;
  return page(c, title, body, head);
}

/**
 * Assets from the installed package: the page works without the internet.
 * @throws {Problem} route-not-found
 */
export async function swaggerAsset(c: GatewayContext, name: string): Promise<Response> {
  const own = Object.hasOwn(ownFiles, name) ? ownFiles[name] : undefined;
  const file = Object.hasOwn(libraryFiles, name) ? libraryFiles[name] : undefined;
  if (own === undefined && file === undefined) throw new Problem("route-not-found");
  c.header("Content-Type", own?.mediaType ?? file?.mediaType);
  c.header("Cache-Control", "private, max-age=3600");
  if (own !== undefined) return c.body(own.text);
  const bytes = await readFile(join(folderOf(file?.package ?? ""), file?.path ?? ""));
  return name === "redoc.standalone.js" ? c.body(withoutForeignLogo(bytes)) : c.body(new Uint8Array(bytes));
}

/** The library asks its maker's server for a picture, which a page of ours may not, and which tells them of it. */
const foreignLogo = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const emptyPicture = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const withoutForeignLogo = (bytes: Buffer): string => bytes.toString("utf8").replace(foreignLogo, emptyPicture);

const folderOf = (name: string): string => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
