import { readFile } from "node:fs/promises";
import * as z from "zod";
import { RegistryError } from "./registry-error.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const three = z.array(z.number()).min(1).max(3);

const inputSchema = z.strictObject({
  name: z.string(),
  type: z.literal("float32"),
  layout: z.literal("nchw"),
  channels: z.union([z.literal(1), z.literal(3)]),
  width: z.int().min(16).max(1024),
  height: z.int().min(16).max(1024),
  /** The shortest side is brought to `shortestSide` pixels with `kernel`, then the middle is cut out. */
  resize: z.strictObject({ shortestSide: z.int().min(16).max(1024), kernel: z.enum(["bicubic", "bilinear"]) }),
  crop: z.literal("centre"),
  /** Bytes are mapped linearly so that 0 and 255 become these, before mean and deviation. */
  range: z.tuple([z.number(), z.number()]),
  mean: three,
  std: three,
});

const common = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string(),
  licence: z.string(),
  /** `repository` at `revision` holds `path`; `url` is where that file is fetched from. */
  source: z.strictObject({
    repository: z.string(),
    revision: z.string(),
    path: z.string().regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/),
    url: z.url({ protocol: /^https$/ }),
  }),
  kind: z.enum(["encoder", "classifier"]),
  input: inputSchema,
  /** Width of each output by its name. */
  outputs: z.record(z.string(), z.int().positive()),
  /** Of a classifier, in the order of its output. */
  labels: z.array(z.string()).optional(),
  precision: z.enum(["float32", "int8-dynamic"]),
  batchMax: z.int().min(1).max(256),
  /** False: the answer for an image changes with its neighbours in the batch. */
  batchInvariant: z.boolean(),
};

const downloadableSchema = z.strictObject({ ...common, bytes: z.int().positive(), sha256 });
const convertibleSchema = z.strictObject({
  ...common,
  /** Nobody publishes the file: how to make it from `source`. There is no digest before somebody did. */
  conversion: z.strictObject({
    requires: z.array(z.string()).min(1),
    steps: z.array(z.string()).min(1),
    python: z.array(z.string()).min(1),
    writes: z.string(),
  }),
});
const entrySchema = z
  .union([downloadableSchema, convertibleSchema])
  .refine(({ batchInvariant, batchMax }) => batchInvariant || batchMax === 1, {
    error: "a model whose answers change with the batch is run one image at a time",
  })
  .refine(({ labels, outputs }) => labels === undefined || Object.values(outputs).includes(labels.length), {
    error: "no output is as wide as there are labels",
  });

const catalogueSchema = z.strictObject({
  format: z.literal(1),
  models: z.array(entrySchema).refine((models) => new Set(models.map(({ id }) => id)).size === models.length, {
    error: "two models have the same id",
  }),
});
export type Catalogue = z.infer<typeof catalogueSchema>;
export type CatalogueEntry = z.infer<typeof entrySchema>;
export type DownloadableEntry = z.infer<typeof downloadableSchema>;

/**
 * @param path `models/catalog.json`
 * @throws {RegistryError} catalogue-invalid
 */
export async function readCatalogue(path: string): Promise<Catalogue> {
  const invalid = (why: string): RegistryError => new RegistryError("catalogue-invalid", `${path}: ${why}`);
  const text = await readFile(path, "utf8").catch(() => {
    throw invalid("cannot be read");
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("is not JSON");
  }
  const parsed = catalogueSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.join(".")}: ${issue?.message}`);
}

/** @throws {RegistryError} model-unknown */
export function entryOf(catalogue: Catalogue, id: string): CatalogueEntry {
  const entry = catalogue.models.find((each) => each.id === id);
  if (entry === undefined) throw new RegistryError("model-unknown", `the catalogue has no model ${id}`);
  return entry;
}

/** @throws {RegistryError} conversion-needed, with the steps */
export function assertDownloadable(entry: CatalogueEntry): asserts entry is DownloadableEntry {
  if (!("conversion" in entry)) return;
  const { steps } = entry.conversion;
  const told = steps.map((step, i) => `${i + 1}. ${step}`).join(" ");
  throw new RegistryError("conversion-needed", `${entry.id} has to be converted, nobody publishes the file: ${told}`);
}
