import { z } from "@hono/zod-openapi";
import {
  type DriftFigures,
  disclaimer,
  type EvaluatedFigure,
  type EvaluationRecord,
  type Programme,
} from "../../contracts/index.ts";
import { evaluationOf } from "../../programmes/index.ts";
import type { Serving } from "../serving.ts";
import { pythonTime } from "./cataract-answer.ts";
import { judgedByMonitor, monitorSchema } from "./cataract-drift-monitor.ts";
import { programme } from "./cataract-models.ts";
import { cataractHealth } from "./cataract-system.ts";

/** Cases back from the newest whose p-values are looked at. */
const casesMax = 1000;
/** Cases back from the newest whose images are counted: measured, 10 000 keep an embedded database busy for 0.2 s. */
const countMax = 10_000;
/** An answer is given again for so long. */
const cacheMs = 10_000;
/** Of the Kolmogorov-Smirnov statistic at 5 %, times the root of n. For small n the true value is a little lower. */
const critical = 1.358;
/** Where nothing was measured. */
const unknown = "n/a";

const figureSchema = z.strictObject({
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).openapi({ description: "95 %" }),
  n: z.int(),
  method: z.string(),
});
const figuresSchema = z
  .union([z.record(z.string(), figureSchema), z.literal(unknown)])
  .openapi({ description: "Measured on labelled images that the packs did not learn from; `n/a` where nothing was" });

export const driftSchema = z
  .strictObject({
    unlabeled_samples: z.int().openapi({ description: `Of the newest ${countMax} cases, those whose image is kept` }),
    unlabeled_samples_is_all: z.boolean().openapi({ description: "False: there are more cases than were counted" }),
    drift_score: z.number().min(0).max(1).openapi({
      description:
        "Where `monitor` is null: largest distance between the distribution of the domain p-values and the uniform one, 0 where n is 0. Else the share of the way to the nearest alarm",
    }),
    last_updated: z.string().openapi({ description: "Time of the newest case, else of the server's start" }),
    model_performance: z.strictObject({
      clip_loaded: z.boolean(),
      lgbm_loaded: z.boolean(),
      device: z.string(),
      clip: figuresSchema,
      lgbm: figuresSchema,
      cascade: figuresSchema,
      data: z
        .strictObject({ sets: z.array(z.string()), split: z.string(), images: z.int(), groups: z.int() })
        .nullable(),
    }),
    method: z.string(),
    window: z.strictObject({ cases_max: z.int() }),
    reference: z.strictObject({ distribution: z.string(), pack: z.string().nullable() }),
    n: z
      .int()
      .openapi({ description: "Cases of the window with a p-value of this very pack; of `monitor` all watched" }),
    critical_value: z.number().nullable().openapi({
      description: "1.358 / √n: exceeded by chance in 5 of 100 looks; of `monitor` 1, where the alarm comes",
    }),
    exceeded: z.boolean(),
    message: z.string(),
    monitor: monitorSchema.nullable().openapi({ description: "Null where no monitor watches" }),
    disclaimer: z.string(),
  })
  .openapi("CataractDrift");
type Drift = z.input<typeof driftSchema>;

/**
 * The largest distance between the share of values up to x and x itself, over all x in [0, 1].
 *
 * A domain p-value is the share of training images that look no more like their neighbours than this image does. For
 * an image of the trained kind it is uniform on (0, 1]: a p-value below 0.1 comes up one time in ten. Pictures of
 * another kind, another camera or another light pile up at small values, and only then does the distance grow with the
 * window full. One p-value judges an image; their distribution judges the stream.
 *
 * @returns 0 without values
 */
export function distanceFromUniform(values: readonly number[]): number {
  const n = values.length;
  return [...values]
    .sort((one, other) => one - other)
    .reduce((largest, value, i) => Math.max(largest, (i + 1) / n - value, value - i / n), 0);
}

/** @returns what answers `/drift_status`; polled by many, it asks the database once in a while */
export function createDrift(serving: Serving): () => Promise<Drift> {
  const { clock } = serving;
  const startedAt = clock.timestamp();
  let held: { readonly until: number; readonly answer: Promise<Drift> } | undefined;
  return () => {
    if (held !== undefined && clock.now() < held.until) return held.answer;
    const answer = measure(serving, startedAt);
    held = { until: clock.now() + cacheMs, answer };
    // A failure is not kept.
    answer.catch(() => {
      held = undefined;
    });
    return answer;
  };
}

async function measure(serving: Serving, startedAt: string): Promise<Drift> {
  const found = serving.programmes.programmes.get(programme);
  const installed = found !== undefined && "fast" in found ? found : undefined;
  const digest = installed?.fast.digest ?? "";
  const figures = await serving.cases.driftFigures({ programme, digest, casesMax, countMax });
  const watched = (await serving.drift?.reports())?.find((report) => report.programme === programme);
  const { models_loaded: loaded, device } = await cataractHealth(serving);
  return {
    unlabeled_samples: figures.keptCases,
    unlabeled_samples_is_all: figures.countedAll,
    ...judge(figures),
    last_updated: pythonTime(figures.newestAt ?? startedAt),
    model_performance: {
      clip_loaded: loaded.clip,
      lgbm_loaded: loaded.lgbm,
      device,
      ...performanceOf(installed && evaluationOf(installed)),
    },
    method: "Kolmogorov-Smirnov distance of the fast reader's conformal domain p-values from the uniform distribution",
    window: { cases_max: casesMax },
    reference: { distribution: "uniform on (0, 1]: images of the trained kind", pack: nameOf(installed) },
    monitor: null,
    ...(watched && judgedByMonitor(watched)),
    disclaimer,
  };
}

const nameOf = (installed: Programme | undefined): string | null =>
  installed === undefined ? null : `${installed.fast.id}@${installed.fast.digest.slice(0, 12)}`;

function judge({ domainPValues }: DriftFigures) {
  const n = domainPValues.length;
  const score = distanceFromUniform(domainPValues);
  const limit = n === 0 ? null : critical / Math.sqrt(n);
  const exceeded = limit !== null && score > limit;
  return { drift_score: score, n, critical_value: limit, exceeded, message: messageOf(n, exceeded) };
}

function messageOf(n: number, exceeded: boolean): string {
  if (n === 0) return "Nothing was seen: no case of the window was judged by the fast reader that serves.";
  return exceeded
    ? "The images differ from those the reader was trained on by more than chance explains."
    : "No more than chance explains.";
}

function performanceOf(evaluation: EvaluationRecord | undefined) {
  if (evaluation === undefined) return { clip: unknown, lgbm: unknown, cascade: unknown, data: null } as const;
  const { figures, data } = evaluation;
  const { sets, split, images, groups } = data;
  return {
    clip: render(figures.fine),
    lgbm: render(figures.fast),
    cascade: render(figures.cascade),
    data: { sets, split, images, groups },
  };
}

const render = (figures: Readonly<Record<string, EvaluatedFigure>>) =>
  Object.fromEntries(
    Object.entries(figures).map(([name, { value, interval, n, method }]) => [name, { value, interval, n, method }]),
  );
