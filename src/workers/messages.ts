import type {
  ImageQuality,
  Lane,
  PredictResult,
  PredictTask,
  ProblemMessage,
  RawReading,
  ReaderPack,
} from "../contracts/index.ts";

// Every message between gateway, engine and threads; nothing else is shared between them. Threads and engine return
// problems, they do not throw them: a class loses its fields on the way, and a throw means a defect.

/** What sessions run on; `cuda` leaves to the processor what it cannot do. */
export type Provider = "cpu" | "cuda";

/** How a thread opens its networks. */
export interface SessionKind {
  readonly provider: Provider;
  /** Cores that work on one run; more than 1 for a thread that reads one image at a time while nothing else waits. */
  readonly intraOpThreads: number;
}

export interface EngineSettings {
  readonly name: string;
  readonly provider: Provider;
  readonly packs: readonly ReaderPack[];
  /** Digests of packs that a thread loads at the first task that names them. */
  readonly later: readonly string[];
  readonly workers: number;
  /** Most bytes of networks that are loaded once more to read a lone image with all cores; 0: none. */
  readonly wideBytesMax: number;
  readonly queueItemsMax: number;
  readonly queueBytesMax: number;
  readonly queueSecondsMax: number;
}

/** Gateway to engine. */
export type ToEngine =
  | { readonly kind: "configure"; readonly settings: EngineSettings }
  /** `alone`: the input is suspected of ending the process, nothing else may run beside it. */
  | { readonly kind: "predict"; readonly task: PredictTask; readonly alone: boolean }
  | { readonly kind: "cancel"; readonly id: string }
  | { readonly kind: "status"; readonly call: number }
  /** Serve exactly these packs from now on; what runs is finished. `later` as in the settings. */
  | {
      readonly kind: "hold";
      readonly call: number;
      readonly packs: readonly ReaderPack[];
      readonly later: readonly string[];
    }
  | { readonly kind: "drain" };

/** Engine to gateway. */
export type FromEngine =
  | { readonly kind: "ready" }
  /** The packs cannot be loaded; starting again would not help. */
  | { readonly kind: "unfit"; readonly reason: string }
  | {
      readonly kind: "started";
      readonly batch: number;
      readonly hashes: readonly string[];
      readonly expectedMs: number;
    }
  | { readonly kind: "settled"; readonly batch: number | undefined; readonly items: readonly Settled[] }
  | { readonly kind: "status"; readonly call: number; readonly status: EngineStatus }
  /** Answer to `hold`: without a reason the packs are warm in every thread, with one nothing has changed. */
  | { readonly kind: "held"; readonly call: number; readonly reason?: string }
  /** `loading` comes before anything that could end the process, and one of the others after it. */
  | { readonly kind: "wide"; readonly pack: string; readonly state: "loading" }
  | { readonly kind: "wide"; readonly pack: string; readonly state: "ready" | "gone" }
  | { readonly kind: "wide"; readonly pack: string; readonly state: "refused"; readonly reason: string }
  | { readonly kind: "heartbeat" };

export type Settled =
  | { readonly id: string; readonly sha256: string; readonly ok: true; readonly result: PredictResult }
  | { readonly id: string; readonly sha256: string; readonly ok: false; readonly problem: ProblemMessage };

export interface EngineStatus {
  readonly busyWorkers: number;
  readonly runningItems: number;
  readonly queuedItems: number;
  readonly queuedBytes: number;
  readonly queuedByLane: Readonly<Record<Lane, number>>;
}

/** An image on its way to a thread: encoded, or already decoded by an earlier reader of the same case. */
export type ThreadImage =
  | { readonly bytes: Uint8Array; readonly mediaType: PredictTask["image"]["mediaType"] }
  | { readonly pixels: Uint8Array; readonly quality: ImageQuality };

/** Engine to thread. */
export type ToThread =
  /**
   * Load what is missing, then forget what is not named. `barrier`: one shared counter; a warm thread waits in it for
   * the others, so each thread gets just one of these.
   */
  | {
      readonly kind: "warm";
      readonly sessions: SessionKind;
      readonly packs: readonly ReaderPack[];
      readonly later: readonly string[];
      readonly threads: number;
      readonly barrier: Int32Array;
    }
  | {
      readonly kind: "batch";
      readonly packs: readonly string[];
      readonly maps: boolean;
      readonly images: readonly ThreadImage[];
    }
  /** What do this pack's networks say of a made picture, to the last bit? */
  | { readonly kind: "prove"; readonly pack: string; readonly picture: number }
  | { readonly kind: "release" };

export type FromThread =
  | { readonly kind: "warm"; readonly ok: true; readonly costs: readonly Cost[] }
  | { readonly kind: "warm"; readonly ok: false; readonly reason: string }
  | { readonly kind: "batch"; readonly thread: number; readonly items: readonly ThreadItem[] }
  /** SHA-256 of every output; none when the pack is not loaded here or the run failed. */
  | { readonly kind: "proof"; readonly sha256: string | undefined }
  | { readonly kind: "released" };

/** What one run of `items` images through one list of packs took. */
export interface Cost {
  readonly packs: readonly string[];
  readonly items: number;
  readonly ms: number;
}

export type ThreadItem =
  | {
      readonly ok: true;
      readonly readings: readonly RawReading[];
      readonly quality: ImageQuality;
      readonly decodeMs: number;
      /** Handed back, not copied, when the thread decoded them. */
      readonly pixels?: Uint8Array;
    }
  | { readonly ok: false; readonly problem: ProblemMessage };

/** Measured: time per image is flat beyond this for the committed networks, so larger batches only wait longer. */
export const batchItemsMax = 4;

/** Names a kind of run; only tasks with the same key share a batch. */
export const batchKeyOf = (packs: readonly string[], maps = false): string => packs.join("+") + (maps ? "+maps" : "");
