import type { Problem } from "../../contracts/index.ts";
import { reply } from "../problem-reply.ts";
import type { GatewayContext } from "../serving.ts";

export const isInferencePath = (path: string): boolean => path === "/v2" || path.startsWith("/v2/");

/** `{"error": text}`, as the protocol has it, with what a program goes by beside it. */
export function replyInferenceProblem(c: GatewayContext, problem: Problem): Response {
  const { code, spec, detail, fields } = problem;
  const error = detail ?? spec.title;
  const body = {
    error,
    code,
    detail: error,
    retryable: spec.retryable,
    request_id: c.get("requestId"),
    ...(fields && { fields }),
  };
  return reply(c, problem, "application/json", body);
}
