import * as z from "zod";
import { type Band, type Calibration, preparationSchema, questionSchema, type ReaderPack } from "./pack.ts";

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
  /** SHA-256 of the pack's manifest. */
  readonly digest: string;
}

/** A programme whose packs are all installed. */
export interface Programme {
  readonly manifest: ProgrammeManifest;
  readonly fast: InstalledReader;
  readonly fine: InstalledReader;
  readonly band: InstalledBand;
}

/** A programme that is declared but cannot answer: it refuses, and says which command mends it. */
export interface MissingProgramme {
  readonly manifest: ProgrammeManifest;
  readonly missing: string;
}

export interface ProgrammeCatalog {
  readonly programmes: ReadonlyMap<string, Programme | MissingProgramme>;
}
