import { z } from "@hono/zod-openapi";
import type { Problem, ProblemCode } from "../../contracts/index.ts";
import { reply } from "../problem-reply.ts";
import type { GatewayContext } from "../serving.ts";
import { badImageCodes, type FastApiIssue, isOtherKindOfBody, missingInput } from "./fastapi-problem.ts";

/** The source's file is `file`; clients of other systems say `image`. */
export const imageFields = ["file", "image"] as const;

/** The source's words, which its clients may compare. */
const sourceWords: Partial<Record<ProblemCode, string>> = {
  "image-type-unsupported": "File format not supported",
  "image-missing": "Field required",
  "route-not-found": "Not Found",
  "method-not-allowed": "Method Not Allowed",
  internal: "Internal server error",
};

/** The source's two error shapes in one: FastAPI's `detail` and its own `status` with `message`; ours stands beside. */
export function replyChestProblem(c: GatewayContext, problem: Problem): Response {
  const { code, fields } = problem;
  const reason = problem.detail ?? problem.spec.title;
  const isMissing = code === "image-missing" || isOtherKindOfBody(c, problem);
  const message = sourceWords[isMissing ? "image-missing" : code] ?? reason;
  const detail = isMissing ? [missingFile] : message;
  const error = { code, reason, request_id: c.get("requestId"), ...(fields && { fields }) };
  return reply(
    c,
    problem,
    "application/json",
    { status: "error", message, detail, code, error },
    isMissing ? 422 : statusOf(code),
  );
}

/** As FastAPI has it for a missing part; our own name for it stands beside. */
const missingFile: FastApiIssue = { ...missingInput("body", "file"), ctx: { accepted_fields: imageFields } };

function statusOf(code: ProblemCode): number | undefined {
  if (badImageCodes.has(code)) return 400;
  return code === "field-invalid" ? 422 : undefined;
}

export const chestErrorSchema = z
  .strictObject({
    status: z.literal("error"),
    message: z.string(),
    detail: z.union([z.string(), z.array(z.looseObject({ type: z.string(), msg: z.string() }))]),
    code: z.string(),
    error: z.strictObject({
      code: z.string(),
      reason: z.string(),
      request_id: z.string(),
      fields: z.array(z.strictObject({ name: z.string(), message: z.string() })).optional(),
    }),
  })
  .openapi("ChestError");
