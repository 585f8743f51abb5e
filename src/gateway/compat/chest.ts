import { type CaseRecord, type ImageMediaType, Problem } from "../../contracts/index.ts";
import { resolveProgramme } from "../../screening/index.ts";
import { modelName, setCaseHeaders } from "../case-headers.ts";
import { readField, readWishes } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { imageUrl, signedUrl } from "../public-links.ts";
import { linksOf } from "../render-case.ts";
import { receiveImage, type Screened, screenReceived } from "../screen-upload.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { chestAnswer } from "./chest-answer.ts";
import { chestExplanation, explainedFinding, readLabel } from "./chest-explain.ts";
import { programme } from "./chest-labels.ts";
import { imageFields, replyChestProblem } from "./chest-problem.ts";
import {
  caseIdSchema,
  classSchema,
  explainRoute,
  healthRoutes,
  infoRoute,
  predictRoute,
  topDefault,
  topSchema,
} from "./chest-routes.ts";
import { chestHealth, chestInfo } from "./chest-system.ts";
import { deprecate, type Profile } from "./profile.ts";

/** The published contract of the chest X-ray server. */
export const chestProfile: Profile = {
  id: "chest",
  title: "Chest X-ray analysis",
  programme,
  route,
  refuse: replyChestProblem,
};

const successor = `/v1/programmes/${programme}/cases`;
const mediaTypes: readonly ImageMediaType[] = ["image/png", "image/jpeg"];

function route(app: GatewayApp, serving: Serving): void {
  answer(app, infoRoute, (c) => {
    deprecate(c, `/v1/programmes/${programme}`);
    return c.json(chestInfo(serving));
  });
  for (const health of healthRoutes)
    answer(app, health, async (c) => {
      deprecate(c, "/readyz");
      return c.json(await chestHealth(serving));
    });
  answer(app, predictRoute, (c) => predict(serving, c));
  answer(app, explainRoute, (c) => explain(serving, c));
}

async function predict(serving: Serving, c: GatewayContext): Promise<Response> {
  deprecate(c, successor);
  const installed = resolveProgramme(serving.programmes, programme);
  const top = readField("top", topSchema, c.req.query("top")) ?? topDefault;
  const { screened, filename } = await screen(serving, c);
  const { record } = screened;
  setCaseHeaders(c, screened);
  const heatmapUrl = heatmapLink(serving, c, record, explainedFinding(undefined, record, installed).label);
  return c.json(chestAnswer(record, installed, { filename, top, heatmapUrl }));
}

async function explain(serving: Serving, c: GatewayContext): Promise<Response> {
  deprecate(c, successor);
  const installed = resolveProgramme(serving.programmes, programme);
  const wished = readField("class", classSchema, c.req.query("class"));
  const label = wished === undefined ? undefined : readLabel(wished, installed);
  const caseId = readField("case_id", caseIdSchema, c.req.query("case_id"));
  const { record, filename } = caseId === undefined ? await readUpload(serving, c) : await recall(serving, c, caseId);
  const finding = explainedFinding(label, record, installed);
  const heatmap = await serving.heatmaps.of(record, finding.label, timeLeft(serving, c));
  return c.json(
    chestExplanation(record, installed, {
      finding,
      heatmap,
      filename,
      heatmapUrl: heatmapLink(serving, c, record, finding.label),
      imageUrl: await imageUrl(serving, c, record.image, linksOf(record.id).image),
    }),
  );
}

const heatmapLink = (serving: Serving, c: GatewayContext, { id }: CaseRecord, label: string): string =>
  `${signedUrl(serving, c, `${linksOf(id).heatmap}.png`)}&label=${encodeURIComponent(label)}`;

interface Explainable {
  readonly record: CaseRecord;
  readonly filename: string;
}

async function readUpload(serving: Serving, c: GatewayContext): Promise<Explainable> {
  // Only the fine reader has something to show.
  const { screened, filename } = await screen(serving, c, false);
  setCaseHeaders(c, screened);
  return { record: screened.record, filename };
}

/**
 * The case of an earlier request, so that nobody has to send its image twice.
 * @throws {Problem} case-unknown, field-invalid when there is an upload as well: it would be dropped in silence
 */
async function recall(serving: Serving, c: GatewayContext, id: string): Promise<Explainable> {
  if (hasBody(c)) {
    const message = "names an image that is here already; send no other beside it";
    throw new Problem("field-invalid", { detail: `case_id: ${message}`, fields: [{ name: "case_id", message }] });
  }
  const record = await serving.cases.getCase(id);
  if (record === undefined || record.programme !== programme) throw new Problem("case-unknown");
  await serving.cases.recordAccess({ ...originOf(c), action: "heatmap.read", object: `case/${id}` });
  c.header("X-Programme", record.programme);
  c.header("X-Model", record.readings.map(modelName).join(", "));
  return { record, filename: "" };
}

const hasBody = (c: GatewayContext): boolean =>
  Number(c.req.header("content-length") ?? 0) > 0 || c.req.header("transfer-encoding") !== undefined;

/** @throws {Problem} image-type-unsupported, and those of `receiveImage` and `screenReceived` */
async function screen(
  serving: Serving,
  c: GatewayContext,
  mayWait = true,
): Promise<{ screened: Screened; filename: string }> {
  const single = await receiveImage(serving, c, { imageFields });
  try {
    const { mediaType, filename = "" } = single.image;
    if (!mediaTypes.includes(mediaType))
      throw new Problem("image-type-unsupported", {
        detail: `PNG and JPEG are read here; the bytes are ${mediaType}.`,
      });
    return { screened: await screenReceived(serving, c, single, { programme, mayWait, ...readWishes(c) }), filename };
  } finally {
    single.release();
  }
}

/** Of the deadline, which counts from the request's first line, ms. @throws {Problem} deadline-exceeded */
function timeLeft({ clock, config }: Serving, c: GatewayContext): number {
  const { deadlineMs = config.DEADLINE_MS } = readWishes(c);
  const remainingMs = c.get("startedAt") + deadlineMs - clock.now();
  if (remainingMs <= 0) throw new Problem("deadline-exceeded");
  return remainingMs;
}
