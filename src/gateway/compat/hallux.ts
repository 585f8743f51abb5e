import { type ImageMediaType, Problem } from "../../contracts/index.ts";
import type { SingleUpload } from "../../intake/index.ts";
import { evaluationOf } from "../../programmes/index.ts";
import { resolveProgramme } from "../../screening/index.ts";
import { setCaseHeaders } from "../case-headers.ts";
import { readWishes } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { signedUrl } from "../public-links.ts";
import { linksOf } from "../render-case.ts";
import { receiveImage, screenReceived } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { halluxAnswer } from "./hallux-answer.ts";
import { programme } from "./hallux-labels.ts";
import { imageBytesMax, imageFields, replyHalluxProblem } from "./hallux-problem.ts";
import {
  absentPaths,
  base64Route,
  classesRoute,
  healthRoute,
  infoRoute,
  modelRoute,
  predictRoute,
} from "./hallux-routes.ts";
import { halluxClasses, halluxHealth, halluxInfo, halluxModel } from "./hallux-system.ts";
import { deprecate, type Profile } from "./profile.ts";

/** The published contract of the hallux valgus server. */
export const halluxProfile: Profile = {
  id: "hallux",
  title: "Hallux valgus detection",
  programme,
  route,
  refuse: replyHalluxProblem,
};

const successor = `/v1/programmes/${programme}/cases`;
/** The source takes five endings, which are these four kinds of bytes. */
const mediaTypes: readonly ImageMediaType[] = ["image/png", "image/jpeg", "image/bmp", "image/tiff"];

function route(app: GatewayApp, serving: Serving): void {
  answer(app, infoRoute, (c) => {
    deprecate(c, "/v1/programmes");
    return c.json(halluxInfo(serving));
  });
  answer(app, healthRoute, async (c) => {
    deprecate(c, "/readyz");
    return c.json(await halluxHealth(serving));
  });
  answer(app, modelRoute, async (c) => {
    deprecate(c, `/v1/programmes/${programme}`);
    return c.json(await halluxModel(serving));
  });
  answer(app, classesRoute, (c) => {
    deprecate(c, `/v1/programmes/${programme}`);
    return c.json(halluxClasses(serving));
  });
  answer(app, predictRoute, (c) => predict(serving, c));
  answer(app, base64Route, (c) => {
    if (!isJson(c)) throw new Problem("image-missing", { detail: "Send application/json with the image as base64." });
    return predict(serving, c);
  });
  app.on(["GET", "POST"], absentPaths, () => {
    throw new Problem("model-unknown", { detail: "One model reads here, and it is served under its own name only." });
  });
}

async function predict(serving: Serving, c: GatewayContext): Promise<Response> {
  // A programme that cannot answer says so before anyone uploads 16 MB to it.
  resolveProgramme(serving.programmes, programme);
  const single = await receiveImage(serving, c, { imageFields, imageBytesMax });
  try {
    return await predictHalluxReceived(serving, c, single);
  } finally {
    single.release();
  }
}

/**
 * Answers for an image that was received; releasing it is the caller's.
 * @throws {Problem} image-too-large, image-type-unsupported, field-invalid, and those of `screenReceived`
 */
export async function predictHalluxReceived(
  serving: Serving,
  c: GatewayContext,
  single: SingleUpload,
): Promise<Response> {
  deprecate(c, successor);
  const installed = resolveProgramme(serving.programmes, programme);
  const { mediaType, uploadedBytes } = single.image;
  if (uploadedBytes > imageBytesMax)
    throw new Problem("image-too-large", { detail: `An image file may have at most ${imageBytesMax} bytes.` });
  if (!mediaTypes.includes(mediaType))
    throw new Problem("image-type-unsupported", { detail: `The bytes are those of another kind: ${mediaType}.` });
  const screened = await screenReceived(serving, c, single, { programme, ...readWishes(c) });
  const { record } = screened;
  setCaseHeaders(c, screened);
  const heatmapUrl = signedUrl(serving, c, `${linksOf(record.id).heatmap}.png`);
  return c.json(halluxAnswer(record, evaluationOf(installed), heatmapUrl));
}

const isJson = (c: GatewayContext): boolean =>
  /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i.test((c.req.header("content-type") ?? "").trim());
