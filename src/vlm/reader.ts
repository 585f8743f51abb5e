import { createHash } from "node:crypto";
import {
  type AcceptedImage,
  type EyeAnalysis,
  isProblem,
  type Lane,
  type Predictor,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
} from "../contracts/index.ts";
import { type Clock, systemClock } from "../platform/index.ts";
import { Call } from "./call.ts";
import { ChatClient, type OnSend } from "./chat-client.ts";
import { type Destination, destinationOf, type VisionLanguageSettings } from "./destination.ts";
import { parserVersion } from "./parse-answer.ts";
import { promptVersion } from "./prompt.ts";
import { Slots } from "./slots.ts";

export interface VisionLanguageOptions {
  /** Writes the audit entry of an image that is about to be sent. */
  readonly onSend: OnSend;
  readonly clock?: Clock;
}

export interface AnalyseOptions {
  /** Time left until the caller gives up, ms; VLM_TIMEOUT_MS bounds it. */
  readonly remainingMs?: number;
  /** In place of the reader's own, for a caller who knows on whose behalf the image is sent. */
  readonly onSend?: OnSend;
}

interface Request extends AnalyseOptions {
  readonly image: Pick<AcceptedImage, "bytes" | "sha256" | "mediaType">;
  readonly lane: Lane;
  readonly task?: string;
}

interface Answer {
  readonly analysis: EyeAnalysis;
  readonly model: string;
  readonly queueMs: number;
  readonly computeMs: number;
}

/** Time for the list of models: a server that is there answers at once. */
const loadMsMax = 10_000;
/** What such servers decode; they know neither TIFF nor BMP. */
const readable: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp"]);
/** No pixel is decoded here. NaN meets no quality floor, so a decision on it alone goes to a person. */
const unmeasured = { luminance: Number.NaN, contrast: Number.NaN, sharpness: Number.NaN } as const;
/** A stated 0 or 100 % is kept finite. */
const statedMin = 0.001;

/**
 * A vision-language model behind an OpenAI-compatible server, as a reader of one virtual pack.
 *
 * *Loaded* means that the server was asked and serves the model; nothing is read before. A server that is away later is
 * a *fault*: each request still tries it, and `load` asks anew. Unloading frees nothing there, it stops the sending.
 */
export class VisionLanguageReader implements Predictor {
  readonly #to: Destination;
  readonly #chat: ChatClient;
  readonly #settings: VisionLanguageSettings;
  readonly #onSend: OnSend;
  readonly #clock: Clock;
  readonly #slots = new Slots();
  readonly #calls = new Set<Call>();
  #model: string | undefined;
  #loaded = false;
  #loading: Promise<"loaded"> | undefined;
  #fault: string | undefined;
  #cancelled = 0;

  /** @throws {ConfigError} naming VLM_EXTERNAL, VLM_URL or VLM_API_KEY */
  constructor(settings: VisionLanguageSettings, { onSend, clock = systemClock }: VisionLanguageOptions) {
    this.#to = destinationOf(settings);
    this.#chat = new ChatClient(this.#to);
    this.#settings = settings;
    this.#onSend = onSend;
    this.#clock = clock;
    this.#model = settings.VLM_MODEL;
  }

  /** e.g. `vlm/OctoMed-7B`; undefined while neither VLM_MODEL nor the server has named a model. */
  get id(): string | undefined {
    return this.#model === undefined ? undefined : `vlm/${this.#model}`;
  }

  /** SHA-256 over model name, prompt version and parser version, lower-case hex; undefined as `id`. */
  get digest(): string | undefined {
    return this.#model === undefined ? undefined : digestOf(this.#model);
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  /**
   * Asks the server for its models and takes VLM_MODEL, or the only one. Who asks meanwhile waits for the same answer.
   *
   * @throws {Problem} model-not-loaded, model-unknown, queue-full, deadline-exceeded, inference-failed
   */
  async load(): Promise<"loaded" | "already_loaded"> {
    if (this.#loaded && this.#fault === undefined) return "already_loaded";
    this.#loading ??= this.#find().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /**
   * Sends nothing from now on, until the next `load`. Forced, requests in work end with model-not-loaded.
   *
   * @throws {Problem} model-in-use, while requests are in work and it is not forced
   */
  async unload({ force = false }: { readonly force?: boolean } = {}): Promise<"unloaded" | "not_loaded"> {
    await Promise.allSettled([this.#loading]);
    if (!this.#loaded) return "not_loaded";
    if (this.#calls.size > 0 && !force)
      throw new Problem("model-in-use", { detail: `${this.#calls.size} requests are in work`, retryAfterS: 5 });
    this.#loaded = false;
    this.#fault = undefined;
    this.#model = this.#settings.VLM_MODEL;
    for (const call of this.#calls) call.end(new Problem("model-not-loaded", { detail: "the model was unloaded" }));
    return "unloaded";
  }

  /**
   * What the model says about one image, and which model said it. Its confidence is its own claim.
   *
   * @throws {Problem} model-not-loaded, image-type-unsupported, queue-full, deadline-exceeded, client-closed-request,
   *   inference-failed; and whatever `onSend` throws
   */
  async analyse(
    image: Pick<AcceptedImage, "bytes" | "sha256" | "mediaType">,
    signal: AbortSignal,
    options: AnalyseOptions = {},
  ): Promise<EyeAnalysis & { readonly model: string }> {
    const { analysis, model } = await this.#read({ ...options, image, lane: "interactive" }, signal);
    return { ...analysis, model };
  }

  /** @throws {Problem} as `analyse`, and pack-not-installed for another pack than `digest` or when maps are asked for */
  async predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    const pack = this.digest;
    if (pack !== undefined && (task.packs.length !== 1 || task.packs[0] !== pack))
      throw new Problem("pack-not-installed");
    if (task.maps === true)
      throw new Problem("pack-not-installed", { detail: "a vision-language model has no activation map" });
    const { image, lane, remainingMs, id } = task;
    const { analysis, model, queueMs, computeMs } = await this.#read({ image, lane, remainingMs, task: id }, signal);
    const scores = [statedLogit(analysis.confidence)];
    return {
      readings: [{ reader: "vision-language", pack: digestOf(model), scores, computeMs, analysis }],
      quality: unmeasured,
      worker: `vlm/${model}`,
      queueMs,
      decodeMs: 0,
      batchSize: 1,
    };
  }

  async status(): Promise<PredictorStatus> {
    const ready = this.#loaded && this.#fault === undefined;
    const unloaded = this.#loading === undefined ? "stopped" : "starting";
    const reason = this.#loaded ? this.#fault : "the model is not loaded";
    return {
      state: ready ? "ready" : this.#loaded ? "restarting" : unloaded,
      ...(reason !== undefined && { reason }),
      packs: ready && this.digest !== undefined ? [this.digest] : [],
      ...this.#slots.counts(),
      restarts: 0,
      cancelledItems: this.#cancelled,
    };
  }

  async #find(): Promise<"loaded"> {
    const call = new Call(new AbortController().signal, Math.min(loadMsMax, this.#settings.VLM_TIMEOUT_MS));
    try {
      this.#model = chosen(await this.#chat.models(call.signal), this.#settings.VLM_MODEL);
      this.#loaded = true;
      this.#fault = undefined;
      return "loaded";
    } catch (error) {
      this.#loaded = false;
      throw error;
    } finally {
      call.close();
    }
  }

  async #read(request: Request, client: AbortSignal): Promise<Answer> {
    const { image, lane, remainingMs = Number.POSITIVE_INFINITY } = request;
    if (client.aborted) throw new Problem("client-closed-request");
    const model = this.#model;
    if (!this.#loaded || model === undefined)
      throw new Problem("model-not-loaded", { detail: "the vision-language model has to be loaded first" });
    if (remainingMs <= 0) throw new Problem("deadline-exceeded");
    if (!readable.has(image.mediaType))
      throw new Problem("image-type-unsupported", {
        detail: `the vision-language model reads JPEG, PNG and WebP, not ${image.mediaType}`,
      });
    const call = new Call(client, Math.min(remainingMs, this.#settings.VLM_TIMEOUT_MS));
    this.#calls.add(call);
    const acceptedAt = this.#clock.now();
    try {
      return await this.#slots.run({ lane, bytes: image.bytes.length }, call.signal, () =>
        this.#ask(request, model, acceptedAt, call.signal),
      );
    } catch (error) {
      if (isProblem(error) && error.code === "client-closed-request") this.#cancelled++;
      throw error;
    } finally {
      call.close();
      this.#calls.delete(call);
    }
  }

  async #ask(request: Request, model: string, acceptedAt: number, signal: AbortSignal): Promise<Answer> {
    const { image, task, onSend = this.#onSend } = request;
    const startedAt = this.#clock.now();
    try {
      const question = { image, model, onSend, ...(task !== undefined && { task }) };
      const analysis = await this.#chat.complete(question, signal);
      this.#fault = undefined;
      return { analysis, model, queueMs: startedAt - acceptedAt, computeMs: this.#clock.now() - startedAt };
    } catch (error) {
      // An unloaded model is no fault of the server's.
      if (isProblem(error) && error.code === "model-not-loaded" && !signal.aborted) this.#fault = error.message;
      throw error;
    }
  }
}

const digestOf = (model: string): string =>
  createHash("sha256")
    .update(JSON.stringify([model, promptVersion, parserVersion]))
    .digest("hex");

/** @throws {Problem} model-unknown, model-not-loaded */
function chosen(served: readonly string[], wanted: string | undefined): string {
  const [only] = served;
  if (only === undefined) throw new Problem("model-not-loaded", { detail: "the model server serves no model" });
  if (wanted !== undefined && !served.includes(wanted))
    throw new Problem("model-unknown", { detail: "the model server does not serve VLM_MODEL" });
  if (wanted === undefined && served.length > 1)
    throw new Problem("model-unknown", {
      detail: `the model server serves ${served.length} models: VLM_MODEL must name one`,
    });
  return wanted ?? only;
}

/** @param confidence percent, as the model states it */
function statedLogit(confidence: number): number {
  const stated = Math.min(1 - statedMin, Math.max(statedMin, confidence / 100));
  return Math.log(stated / (1 - stated));
}
