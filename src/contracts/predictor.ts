import type { AcceptedImage, ImageQuality } from "./image.ts";
import type { ReaderKind } from "./pack.ts";
import type { EyeAnalysis } from "./persons.ts";
import type { TraceContext } from "./traces.ts";

/** Who is waiting: a person at a clinic, the second look of a cascade, or an overnight batch. */
export const lanes = ["interactive", "escalation", "bulk"] as const;
export type Lane = (typeof lanes)[number];

/** One image, to be read by one or more packs in one pass (it is decoded once). */
export interface PredictTask {
  /** Unique per attempt; appears in logs on both sides. */
  readonly id: string;
  /** Digests of reader packs, in the order in which the readings are wanted; at least one. */
  readonly packs: readonly string[];
  readonly image: Pick<AcceptedImage, "bytes" | "sha256" | "mediaType" | "width" | "height">;
  /** Also wanted: where in the image the evidence lies. Only fine packs can say. */
  readonly maps?: boolean;
  /** A process ended while it was reading this image: it is read alone. Said by who sends tasks to engines. */
  readonly suspect?: boolean;
  readonly lane: Lane;
  /** Time left until the caller gives up, in ms. Relative, because clocks of two machines differ. */
  readonly remainingMs: number;
  /** Where it belongs; in logs on both sides. */
  readonly trace?: TraceContext | undefined;
}

/**
 * Class activation map of one output: the sum over channels of class weight times last feature map, before any
 * ReLU. For a linear head on a mean over the map this is Grad-CAM, without gradients. Its mean plus the head's bias is
 * the logit of the view as given; a score that also averages a mirrored view differs from it.
 */
export interface ActivationMap {
  readonly width: number;
  readonly height: number;
  /** Row by row, of the whole upright image squeezed to the network's input; logits, unbounded. */
  readonly values: readonly number[];
}

/** What one reader saw, before calibration. */
export interface RawReading {
  /** A vision-language model is no stage of a cascade: no decision can name it as the reader it rests on. */
  readonly reader: ReaderKind | "vision-language";
  /** Digest of the pack that read. */
  readonly pack: string;
  /**
   * Margin (trees) or logit (network) per output of the pack's task; no unit, unbounded. Of a vision-language model one:
   * the logit of what it states as the probability of its own classification. Nobody calibrated that, so nothing
   * automatic may rest on it.
   */
  readonly scores: readonly number[];
  /** Mean cosine to the nearest training images, [-1, 1]; only packs with a domain file. */
  readonly similarity?: number;
  /** Where the picture lies beside the training images, in whitened coordinates; only packs with a reference. */
  readonly place?: readonly number[];
  /** Only when the task asked for maps: one for each score. */
  readonly maps?: readonly ActivationMap[];
  /** Only of a vision-language model: its words, made by a machine, with its own uncalibrated confidence. */
  readonly analysis?: EyeAnalysis;
  /** Session and tree time of this image's batch divided by its size, ms. */
  readonly computeMs: number;
}

export interface PredictResult {
  readonly readings: readonly RawReading[];
  /** NaN, which meets no quality floor, where the reader decodes no pixels itself. */
  readonly quality: ImageQuality;
  /** Stable per worker thread, e.g. `engine-1/thread-2`. */
  readonly worker: string;
  /** Time spent in the mailbox, ms. */
  readonly queueMs: number;
  /** Decode and resize, ms; 0 when the pixels were still at hand from an earlier reader. */
  readonly decodeMs: number;
  readonly batchSize: number;
}

/** Life of a predictor; illegal calls are answered with a problem, never queued silently. */
export type PredictorState = "starting" | "ready" | "restarting" | "draining" | "stopped";

export interface LaneStatus {
  readonly queuedItems: number;
}

export interface PredictorStatus {
  readonly state: PredictorState;
  /** Why it is not ready, in words for an operator. */
  readonly reason?: string;
  /** Digests of the packs that are loaded and warm. */
  readonly packs: readonly string[];
  readonly workers: number;
  readonly busyWorkers: number;
  readonly runningItems: number;
  readonly queuedItems: number;
  readonly queuedBytes: number;
  readonly lanes: Readonly<Record<Lane, LaneStatus>>;
  /** Engine processes started after the first. */
  readonly restarts: number;
  /** Totals since start; accepted = settled + queued + running at all times. */
  readonly acceptedItems: number;
  readonly settledItems: number;
  readonly cancelledItems: number;
}

/**
 * The one seam between what a case needs and where it is computed. Today a local engine process; a node over NATS
 * is another implementation of the same contract, held to the same conformance suite.
 */
export interface Predictor {
  /**
   * Settles exactly once: with one reading per pack, in task order, or by rejecting with a `Problem` and nothing
   * else. Aborting `signal` removes queued work at once; work that already runs finishes unseen.
   *
   * @throws {Problem} queue-full, deadline-unmeetable, deadline-exceeded, engine-not-ready, engine-lost, draining,
   *   pack-not-installed (also when maps are asked of a pack that has none), input-quarantined, image-undecodable,
   *   client-closed-request, inference-failed
   */
  predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult>;
  /** A fresh snapshot, computed when asked for. */
  status(): Promise<PredictorStatus>;
}
