import { open, rename } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { BatchCounts, BatchState } from "../contracts/index.ts";

const lookMs = 1000;
/** A server that restarts is waited for this long. */
const awayMsMax = 300_000;

export interface BatchAnswer {
  readonly id: string;
  readonly status: BatchState;
  readonly counts: BatchCounts;
  readonly etaSeconds: number | null;
}

/** What the server refused, in its words. */
export class BatchRefused extends Error {
  override readonly name = "BatchRefused";
}

/** The server did not answer, for longer than a restart takes. */
export class ServerAway extends Error {
  override readonly name = "ServerAway";
}

export interface BatchClientSettings {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
}

/** The batches of a server, as the command line uses them. */
export class BatchClient {
  readonly #settings: BatchClientSettings;

  constructor(settings: BatchClientSettings) {
    this.#settings = settings;
  }

  /** Sends the items as they are read; the key makes it harmless to send them again. */
  async post(query: URLSearchParams, key: string, lines: AsyncIterable<string>): Promise<BatchAnswer> {
    const encoder = new TextEncoder();
    const walked = lines[Symbol.asyncIterator]();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { value, done } = await walked.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    });
    const headers = { "content-type": "application/x-ndjson", "idempotency-key": key };
    const request = { method: "POST", body, duplex: "half", headers } as RequestInit;
    return (await (await this.#ask(`/v1/batches?${query}`, request)).json()) as BatchAnswer;
  }

  /** Looks until the batch has ended. */
  async watch(id: string, seen: (batch: BatchAnswer) => void): Promise<BatchAnswer> {
    for (;;) {
      const batch = await this.#patiently(
        async () => (await (await this.#ask(`/v1/batches/${id}`)).json()) as BatchAnswer,
      );
      seen(batch);
      if (batch.status === "done" || batch.status === "cancelled") return batch;
      await wait(lookMs, undefined, { signal: this.#settings.signal });
    }
  }

  /** The results appear under their name only when all of them are there. */
  async save({ id, counts }: BatchAnswer, out: string): Promise<void> {
    await this.#patiently(async () => {
      const answer = await this.#ask(`/v1/batches/${id}/results`);
      const part = `${out}.part`;
      const file = await open(part, "w");
      let lines = 0;
      try {
        for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
          for (const byte of chunk) if (byte === 0x0a) lines++;
          await file.write(chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      if (lines !== counts.total) throw new TypeError("the results were cut off");
      await rename(part, out);
    });
  }

  async #ask(path: string, request: RequestInit = {}): Promise<Response> {
    const { url, apiKey, signal } = this.#settings;
    const key: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const headers = { ...key, ...(request.headers as Record<string, string> | undefined) };
    const answer = await fetch(`${url}${path}`, { ...request, headers, signal });
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => ({}))) as { code?: string; title?: string; detail?: string };
    const words = `${problem.code ?? answer.status}: ${problem.detail ?? problem.title ?? "the server refused it"}`;
    if (answer.status >= 500 || answer.status === 429) throw new TypeError(words);
    throw new BatchRefused(words);
  }

  async #patiently<T>(act: () => Promise<T>): Promise<T> {
    const until = performance.now() + awayMsMax;
    for (;;) {
      try {
        return await act();
      } catch (error) {
        this.#settings.signal.throwIfAborted();
        if (error instanceof BatchRefused) throw error;
        if (performance.now() > until) throw new ServerAway(error instanceof Error ? error.message : String(error));
        await wait(lookMs, undefined, { signal: this.#settings.signal });
      }
    }
  }
}
