import type { ReaderKind } from "./pack.ts";
import type { Origin } from "./stores.ts";

export const trainingStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type TrainingState = (typeof trainingStates)[number];

/** One measured figure of what was trained, with its interval. */
export interface TrainedFigure {
  readonly value: number;
  readonly interval: readonly [number, number];
  readonly n: number;
  readonly method: string;
}

/** One training, as it is now or as it ended. */
export interface TrainingRecord {
  readonly id: string;
  readonly programme: string;
  /** Whose figures count; the reader's partner and the band are fitted with it. */
  readonly reader: ReaderKind;
  readonly state: TrainingState;
  /** RFC 3339 with Z. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** From the start to the end, or to now. */
  readonly seconds: number;
  /** What is being done; `done` of `of`, of no unit that could be compared between stages. */
  readonly progress?: { readonly stage: string; readonly done: number; readonly of: number };
  /** Present once it is done. */
  readonly figures?: Readonly<Record<string, TrainedFigure>>;
  /** What the figures were measured on. */
  readonly measuredOn?: string;
  readonly packs?: readonly string[];
  /** Digest of the release that was registered as a candidate. */
  readonly release?: string;
  /** One sentence for a person: never a path. */
  readonly message: string;
}

export interface TrainingRequest {
  readonly programme: string;
  readonly reader: ReaderKind;
  /** As of `fovea train`. */
  readonly viewsPerImage?: number | undefined;
  readonly folds?: number | undefined;
  readonly trials?: number | undefined;
}

/** Trainings that a server runs for its clients, one at a time, in a process beside it. What comes of one is a candidate. */
export interface Trainings {
  /**
   * @returns the training that was started, or with `started` false the one that runs already
   * @throws {Problem} training-data-missing, draining
   */
  startTraining(
    request: TrainingRequest,
    origin: Origin,
  ): Promise<{ readonly started: boolean; readonly training: TrainingRecord }>;
  /** The newest of each reader that was ever trained here. */
  latestTrainings(programme: string): Promise<readonly TrainingRecord[]>;
  /** Asks the one that runs to end. @returns it, or undefined where none runs */
  cancelTraining(): Promise<TrainingRecord | undefined>;
}
