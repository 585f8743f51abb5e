import { imageMediaTypes, type Problem, type ProblemCode } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { badImageCodes, isOtherKindOfBody, missingInput, replyFastApiProblem } from "./fastapi-problem.ts";

const notLoaded: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "model-not-loaded",
  "engine-not-ready",
  "pack-not-installed",
]);

/** The source's words, which its clients may compare. */
export const sourceDetails = {
  noImage: "Patient has no image to analyze",
  notLoaded: "AI model is not loaded. Please wait for model initialization.",
  fileType: `Invalid file type. Allowed: ${imageMediaTypes.join(", ")}`,
} as const;

/** `{"detail": ...}` in the source's words, with our code and reason beside it. */
export function replyEyeProblem(c: GatewayContext, problem: Problem): Response {
  const { code, detail, spec } = problem;
  const own = (words: string, status?: number) =>
    replyFastApiProblem(c, problem, { detail: words, ...(status !== undefined && { status }) });
  if (code === "image-type-unsupported") return own(sourceDetails.fileType, 400);
  if (badImageCodes.has(code)) return own(detail ?? spec.title, 400);
  const isUpload = c.req.path.endsWith("/analyze-upload");
  if (code === "image-missing" || (isUpload && isOtherKindOfBody(c, problem)))
    return replyFastApiProblem(c, problem, { detail: [missingInput("body", imageKey(c.req.path))], status: 422 });
  if (code === "person-without-image") return own(sourceDetails.noImage);
  if (notLoaded.has(code)) return own(sourceDetails.notLoaded);
  if ((code === "internal" || code === "inference-failed") && isAnalysis(c.req.path))
    return own("AI analysis failed: internal error");
  return replyFastApiProblem(c, problem);
}

const isAnalysis = (path: string): boolean => /\/(analyze|analyze-upload)$/.test(path);

/** Where this route expects its picture. */
function imageKey(path: string): string {
  if (path.includes("/api/patients")) return "image_url";
  return path.endsWith("/analyze-upload") ? "file" : "image_base64";
}
