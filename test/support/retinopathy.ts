import type { PredictResult, PredictTask, Programme, ProgrammeCatalog } from "../../src/contracts/index.ts";
import { cataract } from "./programme.ts";

const fastDigest = "d".repeat(64);
const fineDigest = "e".repeat(64);
const id = "diabetic-retinopathy";
const { fast, fine, band } = cataract;
if (fine.load.kind !== "fine" || fast.load.kind !== "fast") throw new Error("the test programme has other readers");
const input = { ...fine.load.network.network.input, prepare: "disc" as const };
const encoder = { ...fast.load.encoder, network: { ...fast.load.encoder.network, input } };
const outputs = { logit: [4], cam: [4, 7, 7] };
const network = { ...fine.load.network, network: { ...fine.load.network.network, input, outputs } };

/** Five grades of one fundus photograph, with packs that exist on paper only. */
export const retinopathy: Programme = {
  manifest: {
    ...cataract.manifest,
    id,
    title: "Diabetic retinopathy",
    task: "grades",
    labels: ["0", "1", "2", "3", "4"],
    positive: ["2", "3", "4"],
    prepare: "disc",
    views: ["fundus"],
  },
  fast: {
    ...fast,
    id: `${id}/fast-0`,
    digest: fastDigest,
    load: { ...fast.load, id: `${id}/fast-0`, digest: fastDigest, encoder, outputs: 4 },
  },
  fine: {
    ...fine,
    id: `${id}/fine-0`,
    digest: fineDigest,
    load: { ...fine.load, id: `${id}/fine-0`, digest: fineDigest, network, outputs: 4 },
  },
  band: { ...band, pack: `${id}/cascade-0` },
};

export const retinopathyCatalog: ProgrammeCatalog = { programmes: new Map([[id, retinopathy]]) };

/** What both readers say of a picture: log-odds of "at least grade 1" to "at least grade 4". */
export function gradesResult(task: PredictTask, scores: readonly number[]): PredictResult {
  const map = { width: 7, height: 7, values: Array<number>(49).fill(1) };
  return {
    readings: task.packs.map((pack) => ({
      reader: pack === fastDigest ? ("fast" as const) : ("fine" as const),
      pack,
      scores: [...scores],
      computeMs: 4,
      ...(task.maps === true && { maps: [map, map, map, map] }),
    })),
    quality: { luminance: 120, contrast: 50, sharpness: 200 },
    worker: "engine-1/thread-1",
    queueMs: 1,
    decodeMs: 2,
    batchSize: 1,
  };
}
