import type { RouteConfig } from "@hono/zod-openapi";
import { answer, type GatewayApp } from "../documented.ts";
import { openApiDocument } from "../openapi-document.ts";
import { redocPage } from "../pages/redoc.ts";
import { swaggerPage } from "../pages/swagger.ts";
import { content } from "../responses.ts";
import { mountOf, type Profile } from "./profile.ts";

/** `/docs`, `/redoc` and `/openapi.json` of one source system, from the schemas that its routes were registered with. */
export function routeProfileDocuments(app: GatewayApp, { id, title }: Profile): void {
  const mount = mountOf(id);
  const shown = (path: string, summary: string, mediaType: string): RouteConfig => ({
    method: "get",
    path: `${mount}${path}`,
    operationId: `${id}${path.replaceAll(/[/.]/g, "_")}`,
    summary,
    tags: [`${id} (source system)`],
    responses: { 200: content(summary, mediaType) },
  });
  const address = `${mount}/openapi.json`;
  let document: string | undefined;
  answer(app, shown("/openapi.json", "This document", "application/json"), (c) => {
    document ??= JSON.stringify(openApiDocument(app, { mount, title }));
    c.header("Content-Type", "application/json");
    return c.body(document);
  });
  answer(app, shown("/docs", "This document as a page to try", "text/html"), (c) => swaggerPage(c, title, address));
  answer(app, shown("/redoc", "This document as a page to read", "text/html"), (c) => redocPage(c, title, address));
}
