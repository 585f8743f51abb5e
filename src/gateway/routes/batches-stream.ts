import { setTimeout as wait } from "node:timers/promises";
import { Problem } from "../../contracts/index.ts";

/** Answers that are open while a batch runs. */
const streamsMax = 128;
/** How often the database is asked what became of a batch. */
export const lookMs = 1000;

const encoder = new TextEncoder();

/** A text as the client takes it: nothing is made before it is asked for. */
function streamOf(texts: AsyncGenerator<string>, ended: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { value, done } = await texts.next();
        if (done !== true) return controller.enqueue(encoder.encode(value));
        ended();
        controller.close();
      } catch (error) {
        ended();
        controller.error(error);
      }
    },
    cancel: async () => {
      ended();
      await texts.return(undefined);
    },
  });
}

/** The open answers of one gateway. */
export class BatchStreams {
  #open = 0;

  /** @throws {Problem} queue-full */
  open(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
    if (this.#open >= streamsMax)
      throw new Problem("queue-full", { detail: `${streamsMax} answers of this kind are being read.`, retryAfterS: 5 });
    this.#open++;
    let isEnded = false;
    return streamOf(texts, () => {
      if (isEnded) return;
      isEnded = true;
      this.#open--;
    });
  }
}

/** @returns false when the client has gone meanwhile */
export async function pause(signal: AbortSignal): Promise<boolean> {
  await wait(lookMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
