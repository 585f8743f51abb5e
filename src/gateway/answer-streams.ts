import { Problem } from "../contracts/index.ts";

/** Long answers that are read at once: those of one kind. */
const streamsMax = 128;

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

/** The long answers of one kind that a gateway has open. */
export class AnswerStreams {
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
