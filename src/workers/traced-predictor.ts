import type { PredictResult, PredictTask, Tracer } from "../contracts/index.ts";
import { type Clock, inSpan, systemClock } from "../platform/index.ts";
import type { EngineOptions } from "./engine-options.ts";
import { LocalPredictor } from "./local-predictor.ts";

/** The local engine with a span for each task, and within it one for each stage that the engine measured. */
export class TracedPredictor extends LocalPredictor {
  readonly #tracer: Tracer;
  readonly #stagesClock: Clock;

  constructor(options: EngineOptions, tracer: Tracer) {
    super(options);
    this.#tracer = tracer;
    this.#stagesClock = options.clock ?? systemClock;
  }

  override predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    const clock = this.#stagesClock;
    const at = clock.now();
    const asked = {
      parent: task.trace,
      at,
      attributes: { "fovea.lane": task.lane, "fovea.readers": task.packs.length },
    };
    return inSpan(this.#tracer, "engine", asked, async (trace, span) => {
      const result = await super.predict({ ...task, trace }, signal);
      span?.set({ "fovea.worker": result.worker, "fovea.batch_size": result.batchSize });
      if (trace?.sampled === true)
        for (const stage of stagesOf(result, at, clock.now())) {
          const { name, from, to, attributes } = stage;
          this.#tracer.start(name, { parent: trace, at: from, attributes }).end(to);
        }
      return result;
    });
  }
}

interface Stage {
  readonly name: string;
  /** On the clock, ms. */
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, number>>;
}

/**
 * Where the time of a task went. How long each stage took was measured in the engine, when it began was not: waiting and
 * decoding are laid from the beginning, the readers back from the end. What is left between is the way there and back, and
 * the wait for the neighbours' pictures. A reader reads the whole batch at once, so its stage lasts as long as that took.
 */
export function stagesOf(
  { queueMs, decodeMs, readings, batchSize }: Pick<PredictResult, "queueMs" | "decodeMs" | "readings" | "batchSize">,
  startedAt: number,
  endedAt: number,
): readonly Stage[] {
  const within = (at: number) => Math.min(endedAt, Math.max(startedAt, at));
  const takenAt = within(startedAt + queueMs);
  const decodedAt = within(takenAt + decodeMs);
  const stages: Stage[] = [{ name: "queue", from: startedAt, to: takenAt, attributes: {} }];
  // Nothing was decoded where the pixels were still at hand.
  if (decodeMs > 0) stages.push({ name: "decode", from: takenAt, to: decodedAt, attributes: {} });
  let to = endedAt;
  const read = [...readings].reverse().map(({ reader, computeMs }): Stage => {
    const from = Math.max(decodedAt, to - computeMs * batchSize);
    const stage = { name: `read ${reader}`, from, to, attributes: { "fovea.compute_ms": computeMs } };
    to = from;
    return stage;
  });
  return [...stages, ...read.reverse()];
}
