import { availableParallelism } from "node:os";
import { type Clock, version } from "../platform/index.ts";
import type { ArrivalPlan } from "./arrivals.ts";
import { type ClosedLoop, runClosedLoop } from "./closed-loop.ts";
import { type Counted, type OpenLoop, runOpenLoop } from "./open-loop.ts";
import { type Check, type LoadReport, type PhaseReport, reportFormat, type Sample } from "./phase.ts";
import { imagePost, type LoadImage } from "./requests.ts";
import { type PreparedRequest, Sender } from "./sender.ts";

/** Below the connections that a server accepts by default. */
export const openMaxDefault = 1500;
/** A person at a clinic does not wait longer. */
export const giveUpMsDefault = 10_000;

export interface LoadTarget {
  /** Origin of the server. */
  readonly url: string;
  /** Where one image is posted. */
  readonly path: string;
  /** Name of the form's part that carries it. */
  readonly field: string;
  readonly apiKey?: string | undefined;
}

export interface LoadTestSettings {
  readonly target: LoadTarget;
  readonly images: readonly LoadImage[];
  readonly seed: number;
  readonly openMax: number;
  readonly giveUpMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (phase: string, done: number, of: number) => void;
  readonly onPhase?: (phase: PhaseReport) => void;
}

/** One load test: its phases one after the other, and what was found. */
export class LoadTest {
  readonly settings: LoadTestSettings;
  readonly sender: Sender;
  /** One request for each image. */
  readonly posts: readonly PreparedRequest[];
  readonly checks: Check[] = [];
  readonly samples: Sample[] = [];
  readonly notes: string[] = [];
  readonly #phases: PhaseReport[] = [];
  readonly #startedAt: string;

  constructor(settings: LoadTestSettings) {
    const { target, images, giveUpMs, clock } = settings;
    this.settings = settings;
    const headers = target.apiKey === undefined ? {} : { authorization: `Bearer ${target.apiKey}` };
    this.sender = new Sender({ url: target.url, headers, giveUpMs });
    this.posts = images.map((image) => imagePost(target.path, target.field, [image]));
    this.#startedAt = clock.timestamp();
    if (images.length < 200)
      this.notes.push(
        `${images.length} different ${images.length === 1 ? "image" : "images"}: a server that remembers decoded pictures answers faster than with new ones`,
      );
  }

  get clock(): Clock {
    return this.settings.clock;
  }

  get signal(): AbortSignal {
    return this.settings.signal;
  }

  /** Sends when due. @throws when it was stopped before */
  open(
    name: string,
    plan: ArrivalPlan,
    options: Partial<Pick<OpenLoop, "requests" | "leaveAtEnd">> = {},
  ): Promise<Counted> {
    this.signal.throwIfAborted();
    const { openMax, seed } = this.settings;
    // Each phase has times of its own, or the same ones would meet the same pictures.
    const own = { name, plan, openMax, seed: seed + this.#phases.length, requests: this.posts, ...options };
    return this.#counted(runOpenLoop(this.sender, own, this.#surroundings(name)));
  }

  /** So many clients. @throws when it was stopped before */
  closed(
    name: string,
    loop: Omit<ClosedLoop, "name" | "requests"> & Partial<Pick<ClosedLoop, "requests">>,
  ): Promise<Counted> {
    this.signal.throwIfAborted();
    return this.#counted(runClosedLoop(this.sender, { name, requests: this.posts, ...loop }, this.#surroundings(name)));
  }

  check(what: string, goal: string, found: string, n: number, met: boolean | null): void {
    this.checks.push({ what, goal, found, n, met });
  }

  /** What was found so far; also of a test that was stopped. */
  report(scenario: string): LoadReport {
    const { target, images, openMax, giveUpMs, seed } = this.settings;
    const sizes = images.map(({ bytes }) => bytes.length);
    return {
      format: reportFormat,
      scenario,
      startedAt: this.#startedAt,
      version,
      target: { url: target.url, path: target.path },
      images: { different: images.length, bytesMin: Math.min(...sizes), bytesMax: Math.max(...sizes) },
      sender: { cores: availableParallelism(), node: process.version, openMax, giveUpMs, seed },
      phases: this.#phases,
      checks: this.checks,
      samples: this.samples,
      notes: this.notes,
    };
  }

  close(): void {
    this.sender.close();
  }

  #surroundings(name: string) {
    const { clock, signal, onProgress } = this.settings;
    return {
      clock,
      signal,
      ...(onProgress && { onProgress: (done: number, of: number) => onProgress(name, done, of) }),
    };
  }

  async #counted(running: Promise<Counted>): Promise<Counted> {
    const counted = await running;
    this.#phases.push(counted.report);
    this.settings.onPhase?.(counted.report);
    return counted;
  }
}
