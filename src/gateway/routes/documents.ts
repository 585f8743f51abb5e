import { type RouteConfig, z } from "@hono/zod-openapi";
import { answer, type GatewayApp } from "../documented.ts";
import { openApiDocument } from "../openapi-document.ts";
import { pageAsset } from "../pages/assets.ts";
import { landing } from "../pages/landing.ts";
import { opsPage } from "../pages/ops-page.ts";
import { peoplePage, personPage } from "../pages/people-pages.ts";
import { problemPage } from "../pages/problem-table.ts";
import { redocPage } from "../pages/redoc.ts";
import { swaggerAsset, swaggerPage } from "../pages/swagger.ts";
import { content, problemResponses } from "../responses.ts";
import type { GatewayContext, Serving } from "../serving.ts";

const tags = ["documents"];
const shown = (path: string, operationId: string, summary: string, mediaType = "text/html"): RouteConfig => ({
  method: "get",
  path,
  operationId,
  summary,
  tags,
  responses: { 200: content(summary, mediaType), ...problemResponses(["unauthorised"]) },
});
/** Pages open without a key and hold nothing: their programs ask for it. */
const openPage = (path: string, operationId: string, summary: string): RouteConfig => ({
  ...shown(path, operationId, summary),
  security: [],
  responses: { 200: content("The page", "text/html") },
});

/** Pages for people and the document for machines. Nothing here comes from another host. */
export function routeDocuments(app: GatewayApp, serving: Pick<Serving, "programmes" | "limits">): void {
  answer(app, openPage("/", "landing", "The page: drop images, see results"), (c) => landing(c, serving));
  answer(app, openPage("/people", "people", "The page of people"), (c) => peoplePage(c, serving));
  const person = openPage("/people/{id}", "person", "The page of one person");
  answer(app, { ...person, request: { params: z.object({ id: z.uuid() }) } }, (c) => personPage(c, serving));
  answer(app, openPage("/ops", "opsPage", "The page of operation"), (c) => opsPage(c));
  answer(app, shown("/docs", "docs", "This document as a page to try"), (c) => swaggerPage(c));
  answer(app, shown("/redoc", "redoc", "This document as a page to read"), (c) => redocPage(c, "API", "/openapi.json"));
  answer(app, shown("/docs/problems", "problems", "Every problem code"), (c) => problemPage(c));
  let document: string | undefined;
  answer(app, shown("/openapi.json", "openapi", "This document", "application/json"), (c) => {
    document ??= JSON.stringify(openApiDocument(app));
    c.header("Content-Type", "application/json");
    return c.body(document);
  });
  app.get("/assets/:asset", (c: GatewayContext) => pageAsset(c, c.req.param("asset") ?? ""));
  app.get("/docs/:asset", (c: GatewayContext) => swaggerAsset(c, c.req.param("asset") ?? ""));
  app.get("/favicon.ico", (c) => c.body(null, 204));
}
