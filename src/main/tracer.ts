import { randomUUID } from "node:crypto";
import type { Tracer } from "../contracts/index.ts";
import { type Config, type Log, type Metrics, readPairs, systemClock, version } from "../platform/index.ts";

/** Who makes the traces, and who is told how they fare. */
interface Teller {
  readonly service: string;
  /** Tells processes of one service apart; default: another one after each start. */
  readonly instance?: string;
  readonly spans: Metrics["traceSpans"];
  readonly log: Log;
}

interface OpenTracer extends Tracer {
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

/** Undefined without OTEL_EXPORTER_OTLP_ENDPOINT: then no part of OpenTelemetry is loaded either. */
export async function openTracer(
  config: Config,
  { service, instance = randomUUID(), spans, log }: Teller,
): Promise<OpenTracer | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  if (endpoint === undefined) return undefined;
  const { SdkTracer } = await import("../tracing/index.ts");
  return new SdkTracer({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    headers: readPairs(config.OTEL_EXPORTER_OTLP_HEADERS ?? ""),
    resource: {
      ...readPairs(config.OTEL_RESOURCE_ATTRIBUTES ?? ""),
      "service.name": config.OTEL_SERVICE_NAME ?? service,
      "service.version": version,
      "service.instance.id": instance,
    },
    sampler: config.OTEL_TRACES_SAMPLER,
    share: config.OTEL_TRACES_SAMPLER_ARG,
    clock: systemClock,
    count: (result, many) => spans.inc({ result }, many),
    log: log.child({ room: "tracing" }),
  });
}
