import { createHash } from "node:crypto";
import { type RouteConfig, z } from "@hono/zod-openapi";
import { type AuditAction, type CaseFilter, type CaseRecord, disclaimer, Problem } from "../../contracts/index.ts";
import type { ProblemCode } from "../../contracts/problems.ts";
import { readField } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { linksOf, renderCase } from "../render-case.ts";
import { content, json, problemResponses } from "../responses.ts";
import { caseListSchema, caseSchema, imageLinkSchema, readingsSchema } from "../schemas.ts";
import { retryAfterOf } from "../screen-upload.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";

const pageDefault = 50;
const pageMax = 200;

const idParam = z.object({ id: z.uuid() });
const common: readonly ProblemCode[] = ["unauthorised", "case-unknown", "store-unavailable", "internal"];
const conditional = {
  headers: z.object({ "if-none-match": z.string().optional() }),
};
const notModified = { 304: { description: "What the client has is what we have" } };
const labelSchema = z.string().max(64).openapi({ description: "Whose evidence to show. Default: the decided label" });

const filterQuery = {
  programme: z.string().max(64).optional(),
  outcome: z.enum(["negative", "positive", "person"]).optional(),
  externalId: z.string().max(128).optional(),
  patientId: z.string().max(64).optional(),
};
const limitSchema = z.coerce.number().int().min(1).max(pageMax).openapi({ type: "integer", example: pageDefault });
const cursorSchema = z
  .string()
  .max(64)
  .openapi({ description: "`next` of the page before. Cases that arrive meanwhile do not move the pages" });

const list: RouteConfig = {
  method: "get",
  path: "/v1/cases",
  operationId: "listCases",
  summary: "Recorded cases, newest first",
  tags: ["cases"],
  request: { query: z.object({ ...filterQuery, limit: limitSchema.optional(), cursor: cursorSchema.optional() }) },
  responses: {
    200: json("One page", caseListSchema),
    ...problemResponses(["field-invalid", "unauthorised", "store-unavailable", "internal"]),
  },
};
const get: RouteConfig = {
  method: "get",
  path: "/v1/cases/{id}",
  operationId: "getCase",
  summary: "One case as it was answered, or as it was decided since",
  tags: ["cases"],
  request: { params: idParam, ...conditional },
  responses: { 200: json("The case", caseSchema), ...notModified, ...problemResponses(common) },
};
const readings: RouteConfig = {
  method: "get",
  path: "/v1/cases/{id}/readings",
  operationId: "getReadings",
  summary: "What each reader saw",
  tags: ["cases"],
  request: { params: idParam },
  responses: { 200: json("In the order in which they read", readingsSchema), ...problemResponses(common) },
};
const image: RouteConfig = {
  method: "get",
  path: "/v1/cases/{id}/image",
  operationId: "getImage",
  summary: "The stored image",
  description:
    "The file that was read: rebuilt from what was uploaded, without its metadata. With `expires` and `signature` of a signed link no key is needed.",
  tags: ["cases"],
  request: {
    params: idParam,
    query: z.object({ expires: z.string().optional(), signature: z.string().optional() }),
    ...conditional,
  },
  responses: {
    200: content("The image", "image/*"),
    ...notModified,
    ...problemResponses([...common, "link-invalid", "image-gone", "image-damaged"]),
  },
};
const link: RouteConfig = {
  method: "post",
  path: "/v1/cases/{id}/image/links",
  operationId: "linkImage",
  summary: "A link to the image that needs no key, for a short time",
  tags: ["cases"],
  request: { params: idParam },
  responses: { 201: json("The link", imageLinkSchema), ...problemResponses(common) },
};
const heatmap: RouteConfig = {
  method: "get",
  path: "/v1/cases/{id}/heatmap",
  operationId: "getHeatmap",
  summary: "Where the fine reader saw evidence",
  description:
    "An overlay for the upright image: the class activation map of the fine reader, transparent where nothing speaks for the label. It shows what moved the network, not where a disease is.",
  tags: ["cases"],
  request: { params: idParam, query: z.object({ label: labelSchema.optional() }), ...conditional },
  responses: {
    200: content("The overlay", "image/png"),
    ...notModified,
    ...problemResponses([
      ...common,
      "field-invalid",
      "heatmap-unavailable",
      "image-gone",
      "image-damaged",
      "queue-full",
      "engine-not-ready",
      "engine-lost",
      "deadline-exceeded",
      "draining",
      "pack-not-installed",
      "inference-failed",
    ]),
  },
};

/** Reading what was recorded. Every read is in the audit log before its answer leaves. */
export function routeCaseRecords(app: GatewayApp, serving: Serving): void {
  answer(app, list, async (c) => {
    const filter = readFilter(c);
    const limit = readField("limit", limitSchema, c.req.query("limit")) ?? pageDefault;
    const after = readCursor(c.req.query("cursor"));
    const page = await serving.cases.listCases(filter, limit, after);
    await noteRead(serving, c, "cases.listed", `cases/${page.cases.length}`);
    return c.json({
      cases: page.cases.map(renderCase),
      ...(page.next !== undefined && { next: Buffer.from(page.next).toString("base64url") }),
      disclaimer,
    });
  });
  answer(app, get, async (c) => {
    const record = await findCase(serving, c);
    await noteRead(serving, c, "case.read", `case/${record.id}`);
    const retryAfterS = retryAfterOf(serving, record);
    if (retryAfterS !== undefined) c.header("Retry-After", String(retryAfterS));
    const body = JSON.stringify(renderCase(record));
    const etag = createHash("sha256").update(body).digest("hex").slice(0, 32);
    return unlessHeld(c, etag, "application/json", body);
  });
  answer(app, readings, async (c) => {
    const { id, readings } = await findCase(serving, c);
    await noteRead(serving, c, "readings.read", `case/${id}`);
    return c.json({ readings, disclaimer });
  });
  answer(app, image, async (c) => {
    const { id, image: stored } = await findCase(serving, c);
    await noteRead(serving, c, "image.read", `case/${id}`);
    const bytes = await serving.objects.getObject(stored.sha256);
    if (bytes === undefined) throw new Problem("image-gone");
    return unlessHeld(c, stored.sha256, stored.mediaType, bytes);
  });
  answer(app, link, async (c) => {
    const { id } = await findCase(serving, c);
    await noteRead(serving, c, "image.linked", `case/${id}`);
    const path = linksOf(id).image;
    const { expires, signature } = serving.links.sign(path, serving.clock.wallMs(), serving.config.LINK_SECONDS);
    const href = `${path}?expires=${expires}&signature=${signature}`;
    return c.json({ href, expiresAt: new Date(Number(expires) * 1000).toISOString() }, 201);
  });
  const drawHeatmap = async (c: GatewayContext): Promise<Response> => {
    const record = await findCase(serving, c);
    const label = readField("label", labelSchema, c.req.query("label"));
    await noteRead(serving, c, "heatmap.read", `case/${record.id}`);
    const made = await serving.heatmaps.of(record, label, serving.config.DEADLINE_MS);
    c.header("X-Model", made.pack);
    c.header("X-Label", made.label);
    return unlessHeld(c, made.key, "image/png", made.png);
  };
  answer(app, heatmap, drawHeatmap);
  // For clients that want a name with the right ending.
  app.get("/v1/cases/:id/heatmap.png", drawHeatmap);
}

/** @throws {Problem} case-unknown */
export async function findCase({ cases }: Pick<Serving, "cases">, c: GatewayContext): Promise<CaseRecord> {
  const id = c.req.param("id") ?? "";
  const known = idParam.safeParse({ id }).success ? await cases.getCase(id) : undefined;
  if (known === undefined) throw new Problem("case-unknown");
  return known;
}

export const noteRead = (
  { cases }: Pick<Serving, "cases">,
  c: GatewayContext,
  action: AuditAction,
  object: string,
): Promise<void> => cases.recordAccess({ ...originOf(c), action, object });

function readFilter(c: GatewayContext): CaseFilter {
  const given = Object.entries(filterQuery).map(([name, schema]) => [name, readField(name, schema, c.req.query(name))]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as CaseFilter;
}

/** @throws {Problem} field-invalid */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, "base64url").toString("utf8");
  if (!z.uuid().safeParse(id).success) throw new Problem("field-invalid", { detail: "cursor: not one of ours" });
  return id;
}

/** Nothing on the way keeps it (`no-store`), but a client that has it may ask whether it changed. */
function unlessHeld(c: GatewayContext, tag: string, mediaType: string, body: string | Uint8Array): Response {
  const etag = `"${tag}"`;
  c.header("ETag", etag);
  const held = c.req.header("if-none-match")?.split(",") ?? [];
  if (held.some((each) => each.trim().replace(/^W\//, "") === etag || each.trim() === "*")) return c.body(null, 304);
  c.header("Content-Type", mediaType);
  return c.body(typeof body === "string" ? body : new Uint8Array(body));
}
