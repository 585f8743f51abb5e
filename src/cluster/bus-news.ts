import * as z from "zod";
import type { News } from "../contracts/index.ts";
import type { Bus, BusMessage } from "./bus.ts";

const subjects = { alerts: "fovea.v1.news.alerts", batches: "fovea.v1.news.batches" } as const;
const payloadBytesMax = 256;
const alertsSchema = z.object({ seq: z.int().min(0) });
const batchesSchema = z.object({ batch: z.uuid() });

/** News over the bus. One's own comes back as well, and says nothing new. */
export class BusNews implements News {
  readonly #bus: Pick<Bus, "publish" | "subscribe">;

  constructor(bus: Pick<Bus, "publish" | "subscribe">) {
    this.#bus = bus;
  }

  tellAlert(seq: number): void {
    this.#bus.publish(subjects.alerts, encode({ seq }));
  }

  onAlert(hear: (seq: number) => void): void {
    this.#bus.subscribe(subjects.alerts, (message) => {
      const said = decode(alertsSchema, message);
      if (said !== undefined) hear(said.seq);
    });
  }

  tellBatch(id: string): void {
    this.#bus.publish(subjects.batches, encode({ batch: id }));
  }

  onBatch(hear: (id: string) => void): void {
    this.#bus.subscribe(subjects.batches, (message) => {
      const said = decode(batchesSchema, message);
      if (said !== undefined) hear(said.batch);
    });
  }
}

const encode = (said: object): Uint8Array => Buffer.from(JSON.stringify(said));

/** What is not understood is not news. */
function decode<T>(schema: z.ZodType<T>, { payload }: BusMessage): T | undefined {
  if (payload.length > payloadBytesMax) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(payload).toString())).data;
  } catch {
    return undefined;
  }
}
