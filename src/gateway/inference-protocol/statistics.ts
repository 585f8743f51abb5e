import type { z } from "@hono/zod-openapi";
import type { Screened } from "../screen-upload.ts";
import type { modelStatisticsSchema } from "./schemas.ts";
import type { ServedModel } from "./served-models.ts";

type Statistics = z.output<typeof modelStatisticsSchema>;
type Durations = Statistics["inference_stats"];

/**
 * Counts of the inferences that came through the protocol since the start, by model: one entry a programme and version,
 * so it is bounded by what was ever in service.
 */
export class InferenceStatistics {
  readonly #models = new Map<string, Statistics>();

  succeeded(model: ServedModel, { record, storeMs, totalMs }: Screened, wallMs: number): void {
    const entry = this.#entry(model);
    const { inference_stats: stats } = entry;
    entry.last_inference = Math.round(wallMs);
    entry.inference_count += 1;
    entry.execution_count += record.readings.length;
    add(stats, "success", totalMs);
    for (const { timings } of record.readings) {
      add(stats, "queue", timings.queueMs);
      add(stats, "compute_input", timings.decodeMs);
      add(stats, "compute_infer", timings.computeMs);
    }
    add(stats, "compute_output", storeMs);
  }

  failed(model: ServedModel, ms: number): void {
    add(this.#entry(model).inference_stats, "fail", ms);
  }

  of(model: ServedModel): Statistics {
    return this.#models.get(keyOf(model)) ?? none(model);
  }

  #entry(model: ServedModel): Statistics {
    const entry = this.of(model);
    this.#models.set(keyOf(model), entry);
    return entry;
  }
}

const keyOf = ({ name, version }: ServedModel): string => `${name}/${version}`;

function add(stats: Durations, name: keyof Durations, ms: number): void {
  stats[name].count += 1;
  stats[name].ns += Math.round(ms * 1e6);
}

const nothing = () => ({ count: 0, ns: 0 });

const none = ({ name, version }: ServedModel): Statistics => ({
  name,
  version,
  last_inference: 0,
  inference_count: 0,
  execution_count: 0,
  inference_stats: {
    success: nothing(),
    fail: nothing(),
    queue: nothing(),
    compute_input: nothing(),
    compute_infer: nothing(),
    compute_output: nothing(),
    cache_hit: nothing(),
    cache_miss: nothing(),
  },
  batch_stats: [],
});
