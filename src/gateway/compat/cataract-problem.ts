import { z } from "@hono/zod-openapi";
import type { Problem, ProblemCode } from "../../contracts/index.ts";
import { reply } from "../problem-reply.ts";
import type { GatewayContext } from "../serving.ts";
import { badImageCodes, isOtherKindOfBody } from "./fastapi-problem.ts";

/** FastAPI's words, which its clients may compare. */
const sourceWords: Partial<Record<ProblemCode, string>> = {
  "route-not-found": "Not Found",
  "method-not-allowed": "Method Not Allowed",
  "training-data-missing": "Training data not found",
  internal: "Internal server error",
};

/** `{"detail": ...}` with our code and reason beside it. */
export function replyCataractProblem(c: GatewayContext, problem: Problem): Response {
  const { code } = problem;
  const reason = problem.detail ?? problem.spec.title;
  const added = { code, reason, request_id: c.get("requestId"), ...(problem.fields && { fields: problem.fields }) };
  if (badImageCodes.has(code)) return answer(c, problem, { detail: "Invalid image file format", ...added }, 400);
  if (code === "image-missing" || isOtherKindOfBody(c, problem))
    return answer(c, problem, { detail: missing(c.req.path), ...added }, 422);
  return answer(c, problem, { detail: sourceWords[code] ?? reason, ...added });
}

const answer = (c: GatewayContext, problem: Problem, body: object, status?: number): Response =>
  reply(c, problem, "application/json", body, status);

/** FastAPI's 422 for an absent part, with the other names under which it is taken. */
function missing(path: string): object[] {
  const accepted = path.endsWith("/predict_batch") ? batchFields : imageFields;
  return [
    {
      type: "missing",
      loc: ["body", accepted[0]],
      msg: "Field required",
      input: null,
      ctx: { accepted_fields: accepted },
    },
  ];
}

/** The server of the source takes `image`; its own text also shows `file`. */
export const imageFields = ["image", "file"] as const;
export const batchFields = ["images", "image", "file", "files", "images[]"] as const;

export const cataractErrorSchema = z
  .looseObject({ detail: z.unknown(), code: z.string(), reason: z.string(), request_id: z.string() })
  .openapi("CataractError");
