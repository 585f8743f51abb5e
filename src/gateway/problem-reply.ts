import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Problem, type ProblemCode } from "../contracts/index.ts";
import { isProblem } from "../contracts/problems.ts";
import type { GatewayContext } from "./serving.ts";

/** When a retry is worthwhile and nobody knows better, seconds. */
const retryAfterDefaultS = 1;

export const problemType = (code: ProblemCode): string => `/docs/problems#${code}`;

/** Anything that was thrown, as a problem. A request that was cut short failed because of that, whatever was thrown. */
export function problemOf(error: unknown, signal: AbortSignal | undefined): Problem {
  const expected = isProblem(error) || (error instanceof Error && error.name === "AbortError");
  if (expected && signal?.aborted === true && isProblem(signal.reason)) return signal.reason;
  return isProblem(error) ? error : new Problem("internal", { cause: error });
}

/** 429 and 503 always say when to come back; nothing else does. */
export function retryAfter(problem: Problem): string | undefined {
  const { status } = problem.spec;
  if (status !== 429 && status !== 503) return undefined;
  return String(Math.max(1, Math.ceil(problem.retryAfterS ?? retryAfterDefaultS)));
}

/** RFC 9457. What is left out here (stack, cause, library text) never leaves the process. */
export function replyProblem(c: GatewayContext, problem: Problem): Response {
  const { status, title, retryable } = problem.spec;
  const body = {
    type: problemType(problem.code),
    title,
    status,
    detail: problem.detail,
    instance: c.get("requestId"),
    code: problem.code,
    retryable,
    fields: problem.fields,
  };
  return reply(c, problem, "application/problem+json", body);
}

/** A refusal in any dialect: the headers are the same in all of them. */
export function reply(
  c: GatewayContext,
  problem: Problem,
  mediaType: string,
  body: object,
  status: number = problem.spec.status,
): Response {
  const wait = retryAfter(problem);
  if (wait !== undefined) c.header("Retry-After", wait);
  if (problem.code === "unauthorised") c.header("WWW-Authenticate", 'Bearer realm="fovea"');
  c.header("Content-Type", mediaType);
  return c.body(JSON.stringify(body), status as ContentfulStatusCode);
}
