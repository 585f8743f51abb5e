import { z } from "@hono/zod-openapi";
import type { Problem, ProblemCode } from "../../contracts/index.ts";
import { reply } from "../problem-reply.ts";
import type { GatewayContext } from "../serving.ts";

/** The source's file is `image`; clients of other systems say `file`. */
export const imageFields = ["image", "file"] as const;
/** The source's own limit, of the image. */
export const imageBytesMax = 16 * 1024 * 1024;

/** What the source calls an invalid image, whatever is wrong with it other than its kind and its size in bytes. */
const badImage: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "image-malformed",
  "image-undecodable",
  "image-too-many-pixels",
  "image-too-small",
  "image-multiframe",
  "input-quarantined",
]);
const tooLarge: ReadonlySet<ProblemCode> = new Set<ProblemCode>(["image-too-large", "body-too-large"]);

/** The source's words, which its clients may compare. */
const sourceWords: Partial<Record<ProblemCode, string>> = {
  "image-type-unsupported": "Invalid file type. Supported: PNG, JPG, JPEG, BMP, TIFF",
  "model-unknown": "Unknown model",
  "route-not-found": "Not Found",
  "method-not-allowed": "Method Not Allowed",
};

/** `{"error": text}` with our code and detail beside it. */
export function replyHalluxProblem(c: GatewayContext, problem: Problem): Response {
  const { code, fields } = problem;
  const detail = problem.detail ?? problem.spec.title;
  const isBase64 = c.req.path.endsWith("/predict_base64");
  const { error, status } = isBase64 ? saidOfBase64(problem, detail) : said(problem, detail);
  const body = {
    error,
    code,
    detail,
    request_id: c.get("requestId"),
    ...(code === "model-unknown" && { see: "/model_info" }),
    ...(fields && { fields }),
  };
  return reply(c, problem, "application/json", body, status);
}

interface Said {
  readonly error: string;
  /** Default: as on the native API. */
  readonly status?: number;
}

function saidOfBase64(problem: Problem, detail: string): Said {
  const { code, fields } = problem;
  if (code === "image-missing") return { error: "No base64 image provided" };
  // A member that is no text has no field of its own: the field is the image.
  const isBad = badImage.has(code) || code === "image-type-unsupported" || (code === "field-invalid" && !fields);
  return isBad ? { error: `Invalid base64 image: ${detail}`, status: 400 } : said(problem, detail);
}

function said({ code, fields, spec }: Problem, detail: string): Said {
  // A body that is no readable form holds no file, as the source sees it.
  if (code === "body-malformed") return { error: "No image provided" };
  if (code === "image-missing") return { error: fields ? "No image selected" : "No image provided" };
  if (code === "base64-invalid") return { error: `Invalid base64 image: ${detail}` };
  if (tooLarge.has(code)) return { error: "File too large. Maximum size: 16MB" };
  if (badImage.has(code)) return { error: `Invalid image file: ${detail}`, status: 400 };
  if (spec.status === 500) return { error: "Internal server error" };
  const error = sourceWords[code] ?? detail;
  return code === "image-type-unsupported" ? { error, status: 400 } : { error };
}

export const halluxErrorSchema = z
  .looseObject({ error: z.string(), code: z.string(), detail: z.string(), request_id: z.string() })
  .openapi("HalluxError");
