import { createHash, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineOptions } from "../../dist/workers/index.js";
import type { PredictTask, Programme, ReaderPack } from "../../src/contracts/index.ts";
import { createLog } from "../../src/platform/index.ts";
import { readProgrammes } from "../../src/programmes/index.ts";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** The committed cataract programme. */
export async function cataract(): Promise<Programme> {
  const programme = (await readProgrammes(resolve(root, "models"))).programmes.get("cataract");
  if (programme === undefined || "missing" in programme) throw new Error("the cataract packs are not installed");
  return programme;
}

export const packsOf = ({ fast, fine }: Programme): readonly ReaderPack[] => [fast.load, fine.load];

export function engineOptions(packs: readonly ReaderPack[], change: Partial<EngineOptions> = {}): EngineOptions {
  const bounds = { queueItemsMax: 512, queueBytesMax: 2 ** 28, queueSecondsMax: 60 };
  return { packs, workers: 2, ...bounds, log: createLog("silent", "test"), ...change };
}

/** @param order words for the faulty thread, put behind the end of the JPEG where a decoder does not look */
export function taskOf(
  jpeg: Buffer,
  packs: readonly string[],
  change: Partial<PredictTask> = {},
  order = "",
): PredictTask {
  const bytes = new Uint8Array(Buffer.concat([jpeg, Buffer.from(order)]));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const image = { bytes, sha256, mediaType: "image/jpeg" as const, width: 640, height: 480 };
  return { id: randomUUID(), packs, image, lane: "interactive", remainingMs: 30_000, ...change };
}
