import * as z from "zod";

const isPairs = (text: string): boolean => {
  try {
    readPairs(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * `name=value` separated by commas, as OpenTelemetry writes headers and attributes in its variables.
 * @throws {Error} when it is something else
 */
export function readPairs(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw new Error("no pair");
      return [name, decodeURIComponent(value.trim())];
    }),
  );
}

const pairsOf = (what: string) =>
  z.string().refine(isPairs, "name=value, separated by commas").optional().describe(what);

/** Under the names that OpenTelemetry gave them, so that they mean here what they mean elsewhere. */
export const traceSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "OpenTelemetry collector to which traces are sent, as JSON below `/v1/traces`, e.g. `http://127.0.0.1:4318`; default: none are made",
    ),
  OTEL_EXPORTER_OTLP_HEADERS: pairsOf("Headers for it, `name=value` separated by commas"),
  OTEL_SERVICE_NAME: z
    .string()
    .min(1)
    .optional()
    .describe("Name of the service in traces; default: `fovea-gateway` or `fovea-node`"),
  OTEL_RESOURCE_ATTRIBUTES: pairsOf("What else traces say of this process, `name=value` separated by commas"),
  OTEL_TRACES_SAMPLER: z
    .enum([
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ])
    .default("parentbased_always_on")
    .describe("Which traces are kept; `parentbased`: as whoever asks says, where it says so"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("Share of the traces that `traceidratio` keeps"),
} as const;
