import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";

/** As OpenTelemetry names them in OTEL_TRACES_SAMPLER. */
export type SamplerName = `${"" | "parentbased_"}${"always_on" | "always_off"}` | `${"" | "parentbased_"}traceidratio`;

/** @param share of the traces, in [0, 1], where the name is one of a share */
export function samplerOf(name: SamplerName, share: number): Sampler {
  const root = rootOf(name.replace("parentbased_", ""), share);
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

function rootOf(name: string, share: number): Sampler {
  if (name === "always_on") return new AlwaysOnSampler();
  return name === "always_off" ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(share);
}
