import { open, rename } from "node:fs/promises";
import type { BatchCounts, BatchState } from "../contracts/index.ts";
import { ServerLink, type ServerLinkSettings } from "./server-link.ts";

export interface BatchAnswer {
  readonly id: string;
  readonly status: BatchState;
  readonly counts: BatchCounts;
  readonly etaSeconds: number | null;
}

/** The batches of a server, as the command line uses them. */
export class BatchClient {
  readonly #link: ServerLink;

  constructor(settings: ServerLinkSettings) {
    this.#link = new ServerLink(settings);
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
    return (await (await this.#link.ask(`/v1/batches?${query}`, request)).json()) as BatchAnswer;
  }

  /** Looks until the batch has ended. */
  async watch(id: string, seen: (batch: BatchAnswer) => void): Promise<BatchAnswer> {
    for (;;) {
      const batch = await this.#link.patiently(
        async () => (await (await this.#link.ask(`/v1/batches/${id}`)).json()) as BatchAnswer,
      );
      seen(batch);
      if (batch.status === "done" || batch.status === "cancelled") return batch;
      await this.#link.pause();
    }
  }

  /** The results appear under their name only when all of them are there. */
  async save({ id, counts }: BatchAnswer, out: string): Promise<void> {
    await this.#link.patiently(async () => {
      const answer = await this.#link.ask(`/v1/batches/${id}/results`);
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
}
