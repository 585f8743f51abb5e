import type { Predictor, PredictorStatus, PredictResult, PredictTask } from "../../src/contracts/index.ts";
import { cataract } from "./programme.ts";

export type Answer = (task: PredictTask, signal: AbortSignal) => Promise<PredictResult>;

/** A predictor whose answers a test holds in its hands. Not `LocalPredictor`: that one needs processes. */
export interface FakePredictor extends Predictor {
  readonly tasks: PredictTask[];
  /** What the next tasks are answered with. */
  answer: Answer;
  state: Partial<PredictorStatus> | Error;
}

/** Raw scores of the two readers; with the test programme's calibration 0 is a probability of one half. */
export interface Scores {
  readonly fast: number;
  readonly fine: number;
}

export const sure: Scores = { fast: 3, fine: 3 };

export function resultOf(task: PredictTask, scores: Scores = sure): PredictResult {
  return {
    readings: task.packs.map((pack) => {
      const reader = pack === cataract.fast.digest ? ("fast" as const) : ("fine" as const);
      const map = task.maps === true ? { maps: [{ width: 7, height: 7, values: Array<number>(49).fill(1) }] } : {};
      return { reader, pack, scores: [scores[reader]], computeMs: reader === "fast" ? 4 : 16, ...map };
    }),
    quality: { luminance: 120, contrast: 50, sharpness: 200 },
    worker: `engine-1/thread-${task.packs.length}`,
    queueMs: 1,
    decodeMs: 2,
    batchSize: 1,
  };
}

export function fakePredictor(): FakePredictor {
  const fake: FakePredictor = {
    tasks: [],
    answer: async (task) => resultOf(task),
    state: {},
    predict: (task, signal) => {
      fake.tasks.push(task);
      return fake.answer(task, signal);
    },
    status: async () => {
      if (fake.state instanceof Error) throw fake.state;
      return { ...warm, ...fake.state };
    },
  };
  return fake;
}

const warm: PredictorStatus = {
  state: "ready",
  packs: [cataract.fast.digest, cataract.fine.digest],
  workers: 2,
  busyWorkers: 1,
  runningItems: 3,
  queuedItems: 6,
  queuedBytes: 7000,
  lanes: { interactive: { queuedItems: 1 }, escalation: { queuedItems: 2 }, bulk: { queuedItems: 3 } },
  restarts: 1,
  acceptedItems: 10,
  settledItems: 1,
  cancelledItems: 0,
};
