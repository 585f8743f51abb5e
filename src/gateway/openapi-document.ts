import { disclaimer } from "../contracts/index.ts";
import { version } from "../platform/index.ts";
import type { GatewayApp } from "./documented.ts";

const description = `Reads medical screening images at high volume: a fast reader first, a fine reader for what is
uncertain, people for what stays uncertain.

**${disclaimer}**

Refusals are \`application/problem+json\`; every \`code\` is explained at [/docs/problems](/docs/problems). The
endpoints of the cataract source system keep that system's own shapes.`;

/** OpenAPI 3.1 of every route that was registered, from the schemas that also check requests. */
export function openApiDocument(app: GatewayApp): object {
  for (const [name, scheme] of Object.entries(keys))
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Fovea", version, description },
    servers: [{ url: "/" }],
    security: [{}, { bearer: [] }, { apiKey: [] }],
  });
}

const keys = {
  bearer: { type: "http", scheme: "bearer" },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
} as const;
