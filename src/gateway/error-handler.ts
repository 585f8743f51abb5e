import type { ErrorHandler } from "hono";
import { profileOfPath } from "./compat/profiles.ts";
import { isInferencePath, replyInferenceProblem } from "./inference-protocol/inference-problem.ts";
import { problemOf, replyProblem } from "./problem-reply.ts";
import type { GatewayEnv, Serving } from "./serving.ts";

/** The one place where what was thrown becomes an answer. */
export function createErrorHandler({ log, metrics }: Pick<Serving, "log" | "metrics">): ErrorHandler<GatewayEnv> {
  return (error, c) => {
    const problem = problemOf(error, c.get("signal"));
    const { code, spec, cause } = problem;
    if (code === "client-closed-request") metrics.cancelled.inc();
    else metrics.rejected.inc({ code });
    const named = { requestId: c.get("requestId"), trace_id: c.get("trace").traceId };
    if (code === "internal") log.error({ ...named, err: cause ?? error }, "unexpected error");
    else if (spec.status >= 500 && cause !== undefined) log.warn({ ...named, code, err: cause }, "failed");
    const refuse = c.get("refuse") ?? profileOfPath(c.req.path)?.refuse ?? nativeRefusal(c.req.path);
    return refuse(c, problem);
  };
}

const nativeRefusal = (path: string) => (isInferencePath(path) ? replyInferenceProblem : replyProblem);
