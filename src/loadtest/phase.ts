import type { LatencySummary } from "./latencies.ts";

/**
 * How a request ended. `ok`: 2xx with a result; `later`: 202, the result is still to come; `shed`: 429 or 503, come back
 * later; `rejected`: any other 4xx; `failed`: anything else that was answered; `gaveUp`: the client's own time was over;
 * `lost`: no answer, the connection broke; `left`: still open when all clients left together at the end.
 */
export const outcomes = ["ok", "later", "shed", "rejected", "failed", "gaveUp", "lost", "left"] as const;
export type Outcome = (typeof outcomes)[number];

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** A piece of a phase. Requests are counted where they were due, so a stall shows where it began. */
export interface Slice extends OutcomeCounts {
  readonly atS: number;
  readonly due: number;
  readonly sent: number;
  /** Answers with a result that came in this piece. */
  readonly done: number;
  /** Of requests with a result; where those are few, the slowest stands for the p99. */
  readonly p50: number | null;
  readonly p99: number | null;
}

/** What one phase of a load test found. Times are ms and, unless said otherwise, from when a request was due. */
export interface PhaseReport extends OutcomeCounts {
  readonly name: string;
  /** `open`: sent when due, whatever the server does; `closed`: so many clients, each waiting for its answer. */
  readonly loop: "open" | "closed";
  readonly plan: string;
  readonly clients: number | null;
  /** For which requests were due; of a closed loop, how long it took. */
  readonly seconds: number;
  readonly due: number;
  readonly sent: number;
  /** Due while too many were open; the sender's bound, not the server's doing. */
  readonly notSent: number;
  /** Requests with a result a second, of those whose answer came within `seconds`. */
  readonly goodput: number;
  /** Images with a result a second; more than requests where one carries several. */
  readonly imagesPerSecond: number;
  /** Good images that were rejected, and bad ones that were not. */
  readonly misjudged: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly latency: {
    readonly ok: LatencySummary;
    readonly shed: LatencySummary;
    readonly rejected: LatencySummary;
    /** Of every request that ended, with those that gave up or were lost at the time at which they did. */
    readonly all: LatencySummary;
  };
  /** How much later than due the sender itself sent. */
  readonly lag: LatencySummary;
  /** Cores that the sender's process used; near 1 it is itself at its limit, and on one machine the server lacks them. */
  readonly senderCores: number;
  /** Of the answers 429 and 503. */
  readonly retryAfter: { readonly of: number; readonly with: number };
  readonly curve: readonly (readonly [share: number, ms: number])[];
  readonly series: readonly Slice[];
  /** A key stopped it before its end. */
  readonly stopped: boolean;
}

/** A figure beside its goal; `met` is null where there is too little to say. */
export interface Check {
  readonly what: string;
  readonly goal: string;
  readonly found: string;
  readonly n: number;
  readonly met: boolean | null;
}

/** A process that was looked at from time to time. */
export interface Sample {
  readonly atS: number;
  readonly residentBytes: number | null;
  readonly fileDescriptors: number | null;
  readonly eventLoopP99Ms: number | null;
}

export const reportFormat = "fovea-loadtest/1";

export interface LoadReport {
  readonly format: typeof reportFormat;
  readonly scenario: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly version: string;
  readonly target: { readonly url: string; readonly path: string };
  /** Different files that were sent; few of them are answered faster where a server remembers pictures. */
  readonly images: { readonly different: number; readonly bytesMin: number; readonly bytesMax: number };
  readonly sender: {
    readonly cores: number;
    readonly node: string;
    readonly openMax: number;
    readonly giveUpMs: number;
    readonly seed: number;
  };
  readonly phases: readonly PhaseReport[];
  readonly checks: readonly Check[];
  readonly samples: readonly Sample[];
  readonly notes: readonly string[];
}
