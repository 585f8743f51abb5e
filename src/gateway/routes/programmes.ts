import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import {
  disclaimer,
  type InstalledReader,
  type MissingProgramme,
  Problem,
  type Programme,
} from "../../contracts/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json, problemResponses } from "../responses.ts";
import { programmeSchema, programmesSchema } from "../schemas.ts";
import type { Serving } from "../serving.ts";

const all: RouteConfig = {
  method: "get",
  path: "/v1/programmes",
  operationId: "listProgrammes",
  summary: "What can be screened for",
  tags: ["programmes"],
  responses: {
    200: json("All programmes, also those that cannot answer", programmesSchema),
    ...problemResponses(["unauthorised"]),
  },
};

const one: RouteConfig = {
  method: "get",
  path: "/v1/programmes/{programme}",
  operationId: "getProgramme",
  summary: "One programme: labels, readers, thresholds and what is proved about them",
  tags: ["programmes"],
  request: { params: z.object({ programme: z.string().openapi({ example: "cataract" }) }) },
  responses: {
    200: json("The programme", programmeSchema),
    ...problemResponses(["unauthorised", "programme-unknown"]),
  },
};

export function routeProgrammes(app: GatewayApp, { programmes }: Pick<Serving, "programmes">): void {
  answer(app, all, (c) => c.json({ programmes: [...programmes.programmes.values()].map(renderProgramme), disclaimer }));
  answer(app, one, (c) => {
    const found = programmes.programmes.get(c.req.param("programme") ?? "");
    if (found === undefined) throw new Problem("programme-unknown", { detail: "See GET /v1/programmes." });
    return c.json(renderProgramme(found));
  });
}

/** What a caller may know: where files lie on this machine is not part of it. */
function renderProgramme(found: Programme | MissingProgramme): z.input<typeof programmeSchema> {
  const { id, title, description, task, labels, positive, views, quality } = found.manifest;
  const declared = { id, title, description, task, labels, positive, views };
  if ("missing" in found) return { ...declared, status: "missing", reason: found.missing, quality, disclaimer };
  const { pack, lo, hi, a, b, target, certificate, override } = found.band;
  return {
    ...declared,
    status: "ready",
    readers: { fast: renderReader(found.fast), fine: renderReader(found.fine) },
    band: { pack, lo, hi, a, b, target, certificate, ...(override && { override }) },
    quality,
    disclaimer,
  };
}

const renderReader = ({ id, digest }: InstalledReader) => ({ pack: id, digest });
