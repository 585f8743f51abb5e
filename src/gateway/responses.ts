import type { RouteConfig, z } from "@hono/zod-openapi";
import { type ProblemCode, problems } from "../contracts/index.ts";
import { problemSchema } from "./schemas.ts";

type Responses = RouteConfig["responses"];

export const json = (description: string, schema: z.ZodType): Responses[string] => ({
  description,
  content: { "application/json": { schema } },
});

export const content = (description: string, mediaType: string): Responses[string] => ({
  description,
  content: { [mediaType]: { schema: { type: "string" } } },
});

/** The problems a route can answer with, grouped by status as OpenAPI wants them. */
export function problemResponses(codes: readonly ProblemCode[]): Responses {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${problems[code].title}`).join("\n\n"),
        content: { "application/problem+json": { schema: problemSchema } },
        ...((status === 429 || status === 503) && { headers: retryAfterHeader }),
      },
    ]),
  );
}

const retryAfterHeader = { "Retry-After": { description: "Seconds", schema: { type: "integer" as const } } };

/** What any route that takes an image may refuse. */
export const uploadProblems: readonly ProblemCode[] = (Object.keys(problems) as ProblemCode[]).filter(
  (code) => code !== "route-not-found" && code !== "method-not-allowed" && code !== "client-closed-request",
);
