import type {
  EvaluationRecord,
  PredictResult,
  PredictTask,
  Programme,
  ProgrammeManifest,
} from "../../src/contracts/index.ts";
import { cataract } from "./programme.ts";

const { fast, fine, band, manifest } = cataract;
if (fine.load.kind !== "fine" || fast.load.kind !== "fast") throw new Error("the test programme has other readers");
const [fineLoad, fastLoad] = [fine.load, fast.load];

type Question = Pick<ProgrammeManifest, "id" | "title" | "task" | "labels" | "positive" | "views">;

/** @param digests two letters or digits that no other test programme uses, for the fast and the fine pack */
function programmeOf(question: Question, digests: readonly [string, string]): Programme {
  const { id, labels } = question;
  const [fastDigest, fineDigest] = digests.map((letter) => letter.repeat(64)) as [string, string];
  const outputs = { logit: [labels.length], cam: [labels.length, 7, 7] };
  const network = { ...fineLoad.network, network: { ...fineLoad.network.network, outputs } };
  return {
    manifest: { ...manifest, ...question },
    fast: {
      ...fast,
      id: `${id}/fast-0`,
      digest: fastDigest,
      load: { ...fastLoad, id: `${id}/fast-0`, digest: fastDigest, outputs: labels.length },
    },
    fine: {
      ...fine,
      id: `${id}/fine-0`,
      digest: fineDigest,
      load: { ...fineLoad, id: `${id}/fine-0`, digest: fineDigest, outputs: labels.length, network },
    },
    band: { ...band, pack: `${id}/cascade-0` },
  };
}

/** Four classes of one picture of a foot, with packs that exist on paper only. */
export const feet = programmeOf(
  {
    id: "hallux-valgus",
    title: "Hallux valgus",
    task: "classes",
    labels: ["normal", "flatfoot", "foot-ulcer", "hallux-valgus"],
    positive: ["flatfoot", "foot-ulcer", "hallux-valgus"],
    views: ["foot"],
  },
  ["1", "2"],
);

/** Findings of one X-ray of a chest, of which several may be there at once. */
export const chest = programmeOf(
  {
    id: "chest-xray",
    title: "Chest X-ray",
    task: "findings",
    labels: ["No Finding", "Atelectasis", "Effusion", "Mass", "Nodule", "Pneumonia", "Pleural_Thickening"],
    positive: ["Atelectasis", "Effusion", "Mass", "Nodule", "Pneumonia", "Pleural_Thickening"],
    views: ["chest-frontal"],
  },
  ["3", "4"],
);

/** What was measured on a programme's packs; figures that no other test has. */
export function measured(programme: Programme, names: Readonly<Record<string, number>>): EvaluationRecord {
  const figures = Object.fromEntries(
    Object.entries(names).map(([name, value]) => [
      name,
      { value, interval: [value - 0.1, value] as [number, number], n: 40, method: "wilson" },
    ]),
  );
  const { fast, fine, band, manifest } = programme;
  return {
    programme: manifest.id,
    packs: { fast: fast.id, fine: fine.id, cascade: band.pack },
    digests: { fast: fast.digest, fine: fine.digest },
    data: {
      sets: ["somewhere"],
      split: "test",
      images: 40,
      groups: 30,
      perLabel: Object.fromEntries(manifest.labels.map((label) => [label, 10])),
    },
    figures: { fast: {}, fine: figures, cascade: figures },
  };
}

/** Both readers with the same raw scores, one a label, and a map a label. */
export function labelsResult(task: PredictTask, programme: Programme, scores: readonly number[]): PredictResult {
  const maps = scores.map((_, i) => ({
    width: 7,
    height: 7,
    values: Array.from({ length: 49 }, (_each, at) => (at === i ? 1 : 0)),
  }));
  return {
    readings: task.packs.map((pack) => ({
      reader: pack === programme.fast.digest ? ("fast" as const) : ("fine" as const),
      pack,
      scores: [...scores],
      computeMs: 4,
      ...(task.maps === true && { maps }),
    })),
    quality: { luminance: 120, contrast: 50, sharpness: 200 },
    worker: "engine-1/thread-1",
    queueMs: 1,
    decodeMs: 2,
    batchSize: 1,
  };
}
