import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { type AcceptedImage, type EyeAnalysis, Problem } from "../contracts/index.ts";
import type { Destination } from "./destination.ts";
import { ConnectionLost, exchange, type Reply } from "./exchange.ts";
import { analysisOf } from "./parse-answer.ts";
import { chatRequest } from "./prompt.ts";

/** An image is about to leave this process: what an audit entry needs, and nothing of a person. */
export interface Sending {
  /** Of the task, when there is one. */
  readonly task?: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly model: string;
  /** Host and port. */
  readonly host: string;
  /** True when the host is not this machine. */
  readonly external: boolean;
  /** Counts from 1: the same image may have to be sent more than once for one answer. */
  readonly attempt: number;
}

/** Awaited before each sending; when it fails the image stays here, and the request fails with what it threw. */
export type OnSend = (sending: Sending) => Promise<void> | void;

export interface Question {
  readonly image: Pick<AcceptedImage, "bytes" | "sha256" | "mediaType">;
  readonly model: string;
  readonly task?: string;
  readonly onSend: OnSend;
}

/** A connection that failed is tried once more. */
const connectsMax = 2;
/** Long enough for a server that is being started anew to listen again. */
const retryPauseMs = 250;
/** After a server that is away or busy. */
const retryAfterS = 5;
const modelNameCharactersMax = 300;
const modelsMax = 1000;

const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1).max(modelNameCharactersMax) })).max(modelsMax),
});

/** The two calls of the OpenAI-compatible API that a reader needs. @see platform.openai.com/docs/api-reference/chat */
export class ChatClient {
  readonly #to: Destination;
  /** Set when this server answered only without `response_format`. */
  #unformatted = false;

  constructor(to: Destination) {
    this.#to = to;
  }

  /**
   * Names of the models that are served.
   * @throws the signal's reason, {Problem} as `complete`
   */
  async models(signal: AbortSignal): Promise<readonly string[]> {
    const reply = await this.#connected(() => exchange(this.#to, "/models", undefined, signal), signal);
    if (reply.status !== 200) throw refusalOf(reply.status);
    const found = modelsSchema.safeParse(jsonOf(reply.body));
    if (!found.success)
      throw new Problem("model-not-loaded", { detail: "the model server's list of models cannot be read" });
    return found.data.data.map(({ id }) => id);
  }

  /**
   * What the model says about the image.
   * @throws the signal's reason, what `onSend` threw, {Problem} model-not-loaded, queue-full, inference-failed
   */
  async complete(question: Question, signal: AbortSignal): Promise<EyeAnalysis> {
    const { image, model } = question;
    let attempt = 0;
    const post = (formatted: boolean) => {
      const body = chatRequest(image, model, formatted);
      return this.#connected(async () => {
        signal.throwIfAborted();
        attempt++;
        await question.onSend(this.#sending(question, attempt));
        signal.throwIfAborted();
        return exchange(this.#to, "/chat/completions", body, signal);
      }, signal);
    };
    let reply = await post(!this.#unformatted);
    if (reply.status === 400 && !this.#unformatted) {
      reply = await post(false);
      // Only what was better without is the format's fault: an image the server cannot read is refused both times.
      this.#unformatted = reply.status === 200;
    }
    if (reply.status !== 200) throw refusalOf(reply.status);
    return analysisOf(reply.body);
  }

  #sending({ image, model, task }: Question, attempt: number): Sending {
    const { host, external } = this.#to;
    const { sha256, bytes } = image;
    return { ...(task !== undefined && { task }), sha256, bytes: bytes.length, model, host, external, attempt };
  }

  async #connected(ask: () => Promise<Reply>, signal: AbortSignal): Promise<Reply> {
    for (let connects = 1; ; connects++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        const detail = `the model server cannot be reached (${error.code})`;
        if (connects === connectsMax) throw new Problem("model-not-loaded", { detail, retryAfterS, cause: error });
      }
      await pause(retryPauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Its body is not shown: it may repeat what was sent. */
function refusalOf(status: number): Problem {
  if (status >= 300 && status < 400)
    return new Problem("model-not-loaded", {
      detail: "the model server redirects, which is never followed: VLM_URL must be the address itself",
    });
  if (status === 401 || status === 403)
    return new Problem("model-not-loaded", { detail: "the model server refuses VLM_API_KEY" });
  if (status === 404)
    return new Problem("model-not-loaded", { detail: "the model server knows no such address or model" });
  if (status === 429) return new Problem("queue-full", { detail: "the model server's queue is full", retryAfterS });
  const detail = `the model server answered ${status}`;
  if (status >= 502 && status <= 504) return new Problem("model-not-loaded", { detail, retryAfterS });
  return new Problem("inference-failed", { detail });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
