import type {
  ImageQuality,
  MissingProgramme,
  PredictResult,
  PredictTask,
  Programme,
  ProgrammeCatalog,
} from "../../src/contracts/index.ts";
import { feet, labelsResult } from "./several-labels.ts";

const id = "ophthalmology";
const similarities = Array.from({ length: 99 }, (_, i) => i / 100);

/** Four classes of one picture of an eye, with packs that exist on paper only and know what an eye looks like. */
export const ophthalmology: Programme = {
  manifest: {
    ...feet.manifest,
    id,
    title: "General ophthalmology",
    labels: ["normal", "cataract", "glaucoma", "diabetic-retinopathy"],
    positive: ["cataract", "glaucoma", "diabetic-retinopathy"],
    views: ["fundus"],
  },
  fast: {
    ...feet.fast,
    id: `${id}/fast-0`,
    calibration: { ...feet.fast.calibration, domain: { similarities, pValueMin: 0.02 } as never },
  },
  fine: { ...feet.fine, id: `${id}/fine-0` },
  band: { ...feet.band, pack: `${id}/cascade-0` },
};

export const ophthalmologyCatalog: ProgrammeCatalog = {
  programmes: new Map<string, Programme | MissingProgramme>([[id, ophthalmology]]),
};

/** What a picture may turn out to be. */
export const scans = ["normal", "glaucoma", "slight", "faint", "suspect", "unclear", "ungradable", "no-eye"] as const;
export type Scan = (typeof scans)[number];

/** Of normal, cataract, glaucoma and diabetic retinopathy. */
const scores: Readonly<Record<Scan, readonly number[]>> = {
  normal: [4, 0, 0, 0],
  /** 94.8 % */
  glaucoma: [0, 0, 4, 0],
  /** 72 % glaucoma, 26 % cataract */
  slight: [-9, 1, 2, -1],
  /** 42 % */
  faint: [-9, 1, 1.1, 0.1],
  suspect: [2, -9, 2.05, -9],
  unclear: [1.1, 0, 0, 0],
  /** Either would be called something on a clear picture of an eye. */
  ungradable: [9, 0, 0, 0],
  "no-eye": [9, 0, 0, 0],
};
const clear: ImageQuality = { luminance: 120, contrast: 50, sharpness: 200 };
const dark: ImageQuality = { luminance: 1, contrast: 0, sharpness: 0 };

export function scanResult(task: PredictTask, scan: Scan): PredictResult {
  const result = labelsResult(task, ophthalmology, scores[scan]);
  const similarity = scan === "no-eye" ? -1 : 0.9;
  return {
    ...result,
    quality: scan === "ungradable" ? dark : clear,
    readings: result.readings.map((each) => ({ ...each, similarity })),
  };
}
