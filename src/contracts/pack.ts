import * as z from "zod";

/**
 * A pack is a folder of model files with a manifest that names each by SHA-256. These schemas are the format; the
 * recipe in models/recipes writes it and `programmes` reads it.
 */
export const readerKinds = ["fast", "fine"] as const;
export type ReaderKind = (typeof readerKinds)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const probability = z.number().min(0).max(1);
const packId = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/);
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

export const networkSchema = z.object({
  file: fileName,
  input: z.object({
    name: z.string(),
    type: z.literal("uint8"),
    layout: z.literal("nhwc"),
    width: z.int().min(16).max(1024),
    height: z.int().min(16).max(1024),
    /** The whole image is squeezed to the input size: nothing at its rim is cut away. */
    fit: z.literal("squash"),
    kernel: z.literal("cubic"),
  }),
  outputs: z.record(z.string(), z.array(z.int().positive())),
  precision: z.string(),
  /** Largest batch one run may hold; every smaller one gives the same answers. */
  batchMax: z.int().min(1).max(64),
});
export type Network = z.infer<typeof networkSchema>;

/** The output of a fine network that holds its class activation map, [1, height, width] an image. */
export const mapOutput = "cam";

const trainedSchema = z.looseObject({ recipe: z.string(), createdAt: z.string() });

const common = {
  format: z.literal(1),
  id: packId,
  version: z.string(),
  title: z.string(),
  licence: z.string(),
  files: z.record(fileName, z.object({ sha256, bytes: z.int().positive() })),
};
const labelled = { labels: z.array(z.string()).min(2), positive: z.string() };

export const encoderManifestSchema = z.looseObject({ ...common, kind: z.literal("encoder"), network: networkSchema });
export const fastManifestSchema = z.looseObject({
  ...common,
  ...labelled,
  kind: z.literal("fast"),
  encoder: packId,
  encoderSha256: sha256,
  trees: z.object({ file: fileName, features: z.int().positive() }),
  domain: z.object({ file: fileName, neighbours: z.int().positive() }).optional(),
  calibration: z.object({ file: fileName }),
  trained: trainedSchema,
});
export const fineManifestSchema = z.looseObject({
  ...common,
  ...labelled,
  kind: z.literal("fine"),
  network: networkSchema,
  calibration: z.object({ file: fileName }),
  trained: trainedSchema,
});
export const cascadeManifestSchema = z.looseObject({ ...common, ...labelled, kind: z.literal("cascade") });

export const calibrationSchema = z.looseObject({
  method: z.enum(["platt", "temperature"]),
  /** probability = sigmoid(slope * raw + intercept) */
  slope: z.number().positive(),
  intercept: z.number(),
  fittedOn: z.looseObject({ what: z.string(), images: z.int(), positives: z.int() }),
  domain: z.looseObject({ similarities: z.array(z.number()).min(20), pValueMin: probability }).optional(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

export const certificateSchema = z.looseObject({
  certified: z.boolean(),
  method: z.string(),
  /** Labelled images that chose nothing: the sample that can prove a bound. */
  positives: z.int().nonnegative(),
  misses: z.int().nonnegative(),
  negatives: z.int().nonnegative(),
  falsePositives: z.int().nonnegative(),
  neededPositives: z.int().positive(),
  provableMissRate: probability,
  provableFalsePositiveRate: probability,
  reason: z.string(),
});

export const bandSchema = z
  .looseObject({
    format: z.literal(1),
    lo: probability,
    hi: probability,
    fuse: z.object({ w0: z.number(), w1: z.number(), w2: z.number() }),
    a: probability,
    b: probability,
    target: z.object({ missRate: probability, falsePositiveRate: probability, confidence: probability }),
    certificate: certificateSchema,
  })
  .refine((band) => band.lo <= band.hi && band.a <= band.b, "lo <= hi and a <= b");
export type Band = z.infer<typeof bandSchema>;

/** A pack's file as an engine needs it: where it lies and what it must hash to. */
export interface VerifiedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A network with the file that holds it. */
export interface NetworkFile {
  readonly network: Network;
  readonly file: VerifiedFile;
}

/**
 * What an engine must load to serve one reader. Plain data: it crosses process and thread boundaries.
 * A fast reader is an encoder with trees on its embedding; a fine reader is one network.
 */
export type ReaderPack =
  | {
      readonly kind: "fast";
      readonly digest: string;
      readonly id: string;
      readonly encoder: NetworkFile;
      readonly trees: VerifiedFile & { readonly features: number };
      readonly domain?: VerifiedFile;
    }
  | { readonly kind: "fine"; readonly digest: string; readonly id: string; readonly network: NetworkFile };
