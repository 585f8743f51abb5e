import type { PredictTask } from "../contracts/index.ts";
import type { Bus, BusReply, ImageExchange } from "./bus.ts";
import type { GiveUp } from "./give-up.ts";
import { type RequestHeaders, subjects } from "./messages.ts";
import type { Attempter, Outcome } from "./outcome.ts";
import { encodeJson, headersOf, readReply } from "./wire.ts";

/** Room in a message beside the image. */
const headerBytesMax = 4096;
/** The node answers an expired task itself; this is for its answer's way. */
const graceMs = 250;

/** One node, asked over the bus. */
export class RemoteNode implements Attempter {
  readonly #name: string;
  readonly #bus: Bus;
  readonly #images: ImageExchange;

  constructor(name: string, bus: Bus, images: ImageExchange) {
    this.#name = name;
    this.#bus = bus;
    this.#images = images;
  }

  async attempt(task: PredictTask, giveUp: GiveUp): Promise<Outcome> {
    const { bytes, sha256 } = task.image;
    const where: RequestHeaders["Fovea-Image"] =
      bytes.byteLength + headerBytesMax <= this.#bus.messageBytesMax() ? "payload" : "object";
    if (where === "object") {
      const put = await this.#images.put(sha256, bytes).then(
        () => true,
        () => false,
      );
      if (!put || giveUp.aborted) return { kind: "lost", cause: "bus" };
    }
    giveUp.onAbort(() => this.#bus.publish(subjects.cancel(this.#name), encodeJson({ task: task.id })));
    const payload = where === "payload" ? bytes : nothing;
    const subject = subjects.predict(this.#name);
    const reply = await this.#bus.request(subject, headersOf(task, where), payload, task.remainingMs + graceMs);
    return outcomeOf(reply, task);
  }
}

const nothing = new Uint8Array();
const causes = { nobody: "nobody", down: "bus", late: "silent" } as const;

function outcomeOf(reply: BusReply, task: PredictTask): Outcome {
  if (reply.kind !== "reply") return { kind: "lost", cause: causes[reply.kind] };
  const read = readReply(reply.payload, task);
  if (read === undefined) return { kind: "lost", cause: "garbled" };
  return "result" in read ? { kind: "answered", ...read } : { kind: "refused", ...read };
}
