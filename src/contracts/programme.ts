import * as z from "zod";
import {
  type Band,
  type BandOverride,
  type Calibration,
  preparationSchema,
  questionSchema,
  type ReaderPack,
} from "./pack.ts";

const packFolder = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/);

const qualityFloorSchema = z.object({
  luminanceMin: z.number(),
  luminanceMax: z.number(),
  contrastMin: z.number(),
  sharpnessMin: z.number(),
});
export type ImageQualityFloor = z.infer<typeof qualityFloorSchema>;

/** Below `ungradable` a picture carries no finding; below `usable` both readers look. Units as in `ImageQuality`. */
const qualityLimitsSchema = z.object({ ungradable: qualityFloorSchema, usable: qualityFloorSchema });
export type QualityLimits = z.infer<typeof qualityLimitsSchema>;

/** `models/<programme>/programme.json`: a screening programme is data, not code. */
export const programmeSchema = z.strictObject({
  format: z.literal(1),
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string(),
  description: z.string(),
  ...questionSchema.shape,
  /** Other names a data set may give a label, e.g. the folder names of its source. */
  aliases: z.record(z.string(), z.string()).default({}),
  views: z.array(z.string()),
  prepare: preparationSchema,
  readers: z.strictObject({ fast: packFolder, fine: packFolder }),
  cascade: packFolder,
  quality: qualityLimitsSchema,
});
export type ProgrammeManifest = z.infer<typeof programmeSchema>;

/** A reader pack that was found, verified and can be loaded by an engine. */
export interface InstalledReader {
  readonly id: string;
  readonly digest: string;
  readonly calibration: Calibration;
  /** What the engine needs to load. */
  readonly load: ReaderPack;
}

/** A band with the pack it came from; the certificate was recomputed from its counts. */
export interface InstalledBand extends Band {
  readonly pack: string;
  /** SHA-256 of the pack's manifest; of a band that was made safer, of that and the override. */
  readonly digest: string;
  /** Present while the thresholds are safer than the pack's. */
  readonly override?: BandOverride;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const figureSchema = z.object({
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]),
  n: z.int().positive(),
  method: z.string(),
});
const figuresSchema = z.record(z.string(), figureSchema);

/** What is served of `models/<programme>/evaluation.json`; `fovea evaluate` writes more into it. */
export const evaluationSchema = z.object({
  programme: z.string(),
  packs: z.object({ fast: packFolder, fine: packFolder, cascade: packFolder }),
  /** SHA-256 of the manifests of the packs that were measured. */
  digests: z.object({ fast: sha256, fine: sha256, cascade: sha256.optional() }),
  data: z.object({
    sets: z.array(z.string()),
    split: z.string(),
    images: z.int().positive(),
    groups: z.int().positive(),
    perLabel: z.record(z.string(), z.int().nonnegative()),
  }),
  /** By reader, then by name, e.g. `accuracy` or `recall normal`; shares in [0, 1]. */
  figures: z.object({ fast: figuresSchema, fine: figuresSchema, cascade: figuresSchema }),
});
/** Figures of exactly the packs that serve, on labelled images that they did not learn from. */
export type EvaluationRecord = z.infer<typeof evaluationSchema>;
export type EvaluatedFigure = z.infer<typeof figureSchema>;

/** Nothing is known of how well these packs read, and why. */
export interface MissingEvaluation {
  readonly missing: string;
}

/** A programme whose packs are all installed. */
export interface Programme {
  readonly manifest: ProgrammeManifest;
  readonly fast: InstalledReader;
  readonly fine: InstalledReader;
  readonly band: InstalledBand;
  readonly evaluation?: EvaluationRecord | MissingEvaluation;
}

/** A programme that is declared but cannot answer: it refuses, and says which command mends it. */
export interface MissingProgramme {
  readonly manifest: ProgrammeManifest;
  readonly missing: string;
}

export interface ProgrammeCatalog {
  readonly programmes: ReadonlyMap<string, Programme | MissingProgramme>;
  /** Candidates that answer some groups beside those of `programmes`, or only read along. */
  readonly beside?: readonly Programme[];
  /** The candidate that answers this group; undefined: the release of `programmes` does. */
  readonly triedOn?: (programme: string, group: string) => Programme | undefined;
}
