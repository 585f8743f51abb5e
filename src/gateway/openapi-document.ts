import { disclaimer } from "../contracts/index.ts";
import { version } from "../platform/index.ts";
import type { GatewayApp } from "./documented.ts";

const description = `Reads medical screening images at high volume: a fast reader first, a fine reader for what is
uncertain, people for what stays uncertain.

**${disclaimer}**

Refusals are \`application/problem+json\`; every \`code\` is explained at [/docs/problems](/docs/problems). The
endpoints of the source systems, under \`/p/\`, keep those systems' own shapes.`;

/** One source system's part of the document. */
export interface DocumentPart {
  /** Path under which it is served. */
  readonly mount: string;
  readonly title: string;
}

/**
 * OpenAPI 3.1 of every route that was registered, from the schemas that also check requests.
 * @param part only the routes under that mount, named as that system's own clients name them
 */
export function openApiDocument(app: GatewayApp, part?: DocumentPart): object {
  for (const [name, scheme] of Object.entries(keys))
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: part?.title ?? "Fovea", version, description },
    servers: [{ url: part?.mount ?? "/" }],
    security: [{}, { bearer: [] }, { apiKey: [] }],
  });
  return part === undefined ? document : { ...document, paths: pathsUnder(document.paths ?? {}, part.mount) };
}

const pathsUnder = (paths: object, mount: string): object =>
  Object.fromEntries(
    Object.entries(paths)
      .filter(([path]) => path.startsWith(`${mount}/`))
      .map(([path, item]) => [path.slice(mount.length), item]),
  );

const keys = {
  bearer: { type: "http", scheme: "bearer" },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
} as const;
