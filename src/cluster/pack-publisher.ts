import { createReadStream } from "node:fs";
import type { Clock, Log } from "../platform/index.ts";
import { sha256Of } from "./pack-cache.ts";
import { objectBytesMax, type PackExchange, type PackObject, type PackOffer } from "./pack-exchange.ts";

/** A node that cannot fetch an object says so again and again: it is put once in this time. */
const repairMs = 5000;

/** Puts the files of packs where nodes fetch them, each once however many packs share it. */
export class PackPublisher {
  readonly #exchange: PackExchange;
  readonly #clock: Clock;
  readonly #log: Log;
  #objects: ReadonlyMap<string, PackObject> = new Map();
  readonly #repaired = new Map<string, number>();
  #working: Promise<unknown> = Promise.resolve();

  constructor(exchange: PackExchange, clock: Clock, log: Log) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Puts what is not there yet.
   * @returns whether every file of these packs is there; why not is logged
   */
  publish(offers: readonly PackOffer[]): Promise<boolean> {
    this.#objects = new Map(offers.flatMap(({ objects }) => objects.map((each) => [each.sha256, each])));
    const objects = [...this.#objects.values()];
    return this.#next(async () => {
      let [put, bytes] = [0, 0];
      for (const object of objects) {
        if (await this.#exchange.has(object.sha256, object.bytes)) continue;
        await this.#put(object);
        put++;
        bytes += object.bytes;
      }
      if (put > 0) this.#log.info({ objects: put, bytes }, "packs were published");
    });
  }

  /** A node said that it found nothing, or something else, under that name. */
  repair(sha256: string): void {
    const object = this.#objects.get(sha256);
    const now = this.#clock.now();
    if (object === undefined || now - (this.#repaired.get(sha256) ?? Number.NEGATIVE_INFINITY) < repairMs) return;
    for (const known of this.#repaired.keys()) if (!this.#objects.has(known)) this.#repaired.delete(known);
    this.#repaired.set(sha256, now);
    void this.#next(async () => {
      await this.#put(object);
      this.#log.warn({ object: sha256 }, "a pack file was put again");
    });
  }

  /** @returns whether it succeeded */
  #next(act: () => Promise<void>): Promise<boolean> {
    const mine = this.#working.then(act).then(
      () => true,
      (error: unknown) => {
        this.#log.warn({ reason: error instanceof Error ? error.message : String(error) }, "packs are not published");
        return false;
      },
    );
    this.#working = mine;
    return mine;
  }

  /** @throws {Error} when the file is not what its name will say */
  async #put({ sha256, bytes, path }: PackObject): Promise<void> {
    if (bytes > objectBytesMax) throw new Error(`${path} has more than ${objectBytesMax} bytes`);
    if ((await sha256Of(path)) !== sha256) throw new Error(`${path} is another file than when it was read`);
    await this.#exchange.put({ sha256, bytes }, createReadStream(path), new Set(this.#objects.keys()));
  }
}
