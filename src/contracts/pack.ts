import * as z from "zod";

/**
 * What is asked of an image. `binary`: one of two labels, one score. `classes`: one of several, a score each (softmax).
 * `grades`: labels in rising order, one score less than labels (log-odds of "at least this grade"). `findings`: any
 * number at once, a score each; the first label is the absence of all others.
 */
export const tasks = ["binary", "classes", "grades", "findings"] as const;
export type Task = (typeof tasks)[number];
/** Packs of format 1 before there were tasks are binary. */
const taskSchema = z.enum(tasks).default("binary");
const labelsSchema = z.array(z.string()).min(2);
/** The labels that make a case positive; a single one may be written as a string. */
const positiveSchema = z.union([z.string().transform((label) => [label]), z.array(z.string()).min(1)]);

/** A programme's question, as every pack of the programme must repeat it. */
export interface Question {
  readonly task: Task;
  readonly labels: readonly string[];
  readonly positive: readonly string[];
}

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

/**
 * What is done to a decoded picture before its pixels are the network's input. `centre`: cropped to the
 * middle 60 % of each side; `disc`: cropped to the lit disc of a fundus; `fundus`: that, then contrast-limited histogram equalisation (CLAHE) of its luminance.
 */
export const preparations = ["none", "centre", "disc", "fundus"] as const;
export const preparationSchema = z.enum(preparations).default("none");
export type Preparation = z.infer<typeof preparationSchema>;

const commonInput = {
  name: z.string(),
  width: z.int().min(16).max(1024),
  height: z.int().min(16).max(1024),
  kernel: z.literal("cubic"),
  prepare: preparationSchema,
};
const perChannel = z.tuple([z.number(), z.number(), z.number()]);
const inputSchema = z.discriminatedUnion("type", [
  z.object({
    ...commonInput,
    type: z.literal("uint8"),
    layout: z.literal("nhwc"),
    /**
     * `squash`: the whole image is squeezed to the input size, so nothing at its rim is cut away; `cover`: its shortest
     * side is brought to the input's and the middle cut out, so no aspect changes.
     */
    fit: z.enum(["squash", "cover"]),
  }),
  z.object({
    ...commonInput,
    type: z.literal("float32"),
    layout: z.literal("nchw"),
    fit: z.literal("cover"),
    /** Red, green, blue, of values from 0 to 1. */
    mean: perChannel,
    std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  }),
]);

export const networkSchema = z.object({
  file: fileName,
  input: inputSchema,
  outputs: z.record(z.string(), z.array(z.int().positive())),
  /** The output of an encoder that is its embedding, [width] an image; default: `embedding`. */
  embedding: z.string().optional(),
  precision: z.string(),
  /** Largest batch one run may hold; every smaller one gives the same answers. 1: neighbours would change them. */
  batchMax: z.int().min(1).max(64),
});
export type Network = z.infer<typeof networkSchema>;

/** The output of an encoder that is its embedding, and its length; 0 when there is none. */
export function embeddingOf({ embedding = "embedding", outputs }: Network): { name: string; width: number } {
  return { name: embedding, width: outputs[embedding]?.[0] ?? 0 };
}

/** The output of a fine network that holds its raw scores, [outputs] an image. */
export const scoreOutput = "logit";
/** The output of a fine network that holds its class activation maps, [outputs, height, width] an image. */
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
const labelled = { task: taskSchema, labels: labelsSchema, positive: positiveSchema };

export const encoderManifestSchema = z.looseObject({ ...common, kind: z.literal("encoder"), network: networkSchema });
export const fastManifestSchema = z.looseObject({
  ...common,
  ...labelled,
  kind: z.literal("fast"),
  encoder: packId,
  encoderSha256: sha256,
  /** Done to the picture before the shared encoder sees it. */
  prepare: preparationSchema,
  trees: z.object({ file: fileName, features: z.int().positive() }),
  domain: z.object({ file: fileName, neighbours: z.int().positive() }).optional(),
  /** What the drift monitor compares live pictures with, and the network that leads there from the encoder's embedding. */
  reference: z.object({ file: fileName, projection: fileName }).optional(),
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
export const cascadeManifestSchema = z.looseObject({
  ...common,
  ...labelled,
  kind: z.literal("cascade"),
  trained: z.looseObject({ data: z.looseObject({ groups: z.int().positive().optional() }).optional() }).optional(),
});
export const questionSchema = z.object(labelled);

export const calibrationSchema = z.looseObject({
  method: z.enum(["platt", "temperature"]),
  /** calibrated log-odds (or log-probability up to a constant, for `classes`) = slope * raw + intercept, per output */
  slope: z.number().positive(),
  intercept: z.union([z.number(), z.array(z.number())]),
  fittedOn: z.looseObject({ what: z.string(), images: z.int(), positives: z.int() }),
  domain: z.looseObject({ similarities: z.array(z.number()).min(20), pValueMin: probability }).optional(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/**
 * How the training images lie, as the encoder sees them; it was not taught on them. In whitened coordinates, to which the
 * projection leads: 0 is the mean of the images that its directions were found on, 1 a standard deviation of the others.
 */
export const embeddingReferenceSchema = z.looseObject({
  format: z.literal(1),
  /** Images that the directions were found on; all else was measured on others. One a group. */
  fitted: z.int().positive(),
  /** Mean of the others along each direction. */
  heldMean: z.array(z.number()).min(1).max(64),
  /** Squared distance of each of the others from 0, ascending. */
  heldLengths: z.array(z.number().nonnegative()).min(100),
  /** SHA-256 of the training images that are not gradable, but usable: such a case goes to both readers. */
  poor: z.array(sha256),
});
export type EmbeddingReference = Pick<z.infer<typeof embeddingReferenceSchema>, "fitted" | "heldMean" | "heldLengths">;

/** The output of the projection, [directions] an image. */
export const placeOutput = "place";

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
    /** Only for `grades`: grade k is shown when the expected grade is at least the k-th cut-point. */
    cutpoints: z.array(z.number()).optional(),
    /** How much more probably right the fine reader makes the answer, by the fast probability in 50 equal bins. */
    gain: z.array(probability).length(50).optional(),
    target: z.object({ missRate: probability, falsePositiveRate: probability, confidence: probability }),
    certificate: certificateSchema,
    /** The settings that were certified, safest first, each as lo, hi, a, b; the last one is the band's own. */
    steps: z.array(z.tuple([probability, probability, probability, probability])).optional(),
  })
  .refine((band) => band.lo <= band.hi && band.a <= band.b, "lo <= hi and a <= b");
export type Band = z.infer<typeof bandSchema>;

/** Why the thresholds in force are not the pack's own. */
export interface BandOverride {
  /** Place among the certified steps, from 1, safest; 0: nothing of the band is decided without a person. */
  readonly step: number;
  /** The incident it was made safer for. */
  readonly incident: string;
}

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
      /** Leads from the embedding to its place beside the reference. */
      readonly projection?: VerifiedFile;
      /** Raw scores an image. */
      readonly outputs: number;
    }
  | {
      readonly kind: "fine";
      readonly digest: string;
      readonly id: string;
      readonly network: NetworkFile;
      readonly outputs: number;
    };

/** The network that sees a pack's pixels first. */
export const networkOf = (pack: ReaderPack): Network => (pack.kind === "fast" ? pack.encoder : pack.network).network;

/** Names a kind of prepared pixels: packs with the same key can share one decode. */
export const inputKeyOf = ({ input }: Pick<Network, "input">): string =>
  `${input.width}x${input.height}-${input.fit}-${input.prepare}`;
