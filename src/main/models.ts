import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Network, networkSchema } from "../contracts/index.ts";
import type { Config } from "../platform/index.ts";
import { readEncoder } from "../programmes/index.ts";
import {
  assertDownloadable,
  assertSafeOnnx,
  type CatalogueEntry,
  type PulledModel,
  type PullOptions,
  pullModel,
  RegistryError,
} from "../registry/index.ts";
import { trainedDir } from "./releases.ts";

/** Files as they were pulled, by the catalogue's id; what is here need not be fetched again. */
export const downloadsDir = (config: Config): string => join(config.DATA_DIR, "training", "downloads");

/** The encoder pack that a catalogue entry becomes. */
export const encoderPack = (id: string): string => `encoders/${id}`;

const modelFile = "encoder.onnx";

export interface InstalledModel extends PulledModel {
  /** Id of the encoder pack, for `--encoder`. */
  readonly pack: string;
}

/**
 * Pulls an encoder of the catalogue and writes its pack, where training and serving find it.
 * @throws {RegistryError} conversion-needed, model-unsupported, or as pullModel
 */
export async function installModel(
  config: Config,
  entry: CatalogueEntry,
  options: Pick<PullOptions, "mirror" | "signal" | "onProgress">,
): Promise<InstalledModel> {
  assertDownloadable(entry);
  const network = networkFor(entry);
  const pulled = await pullModel(entry, { ...options, into: downloadsDir(config) });
  assertSafeOnnx(await readFile(pulled.path));
  const pack = encoderPack(entry.id);
  const manifest = {
    format: 1,
    id: pack,
    kind: "encoder",
    version: "1",
    title: entry.title,
    licence: entry.licence,
    files: { [modelFile]: { sha256: pulled.sha256, bytes: pulled.bytes } },
    network,
    source: entry.source,
  };
  await writePack(join(trainedDir(config), pack), pulled.path, manifest);
  await readEncoder([trainedDir(config)], pack);
  return { ...pulled, pack };
}

/** What the entry says, as a pack says it. Nothing is approximated: an encoder fed otherwise is another encoder. */
function networkFor({ id, kind, input, outputs, precision, batchMax }: CatalogueEntry): Network {
  const unsupported = (why: string): RegistryError => new RegistryError("model-unsupported", `${id}: ${why}`);
  const [output, ...others] = Object.entries(outputs);
  if (kind !== "encoder") throw unsupported("only an encoder becomes a pack by itself");
  if (output === undefined || others.length > 0) throw unsupported("an encoder pack has one output");
  const { resize, crop: _, channels, range, ...rest } = input;
  const whole = resize.shortestSide === input.width && input.width === input.height;
  if (!whole || resize.kernel !== "bicubic" || channels !== 3 || range[0] !== 0 || range[1] !== 1)
    throw unsupported("only RGB from 0 to 1, brought to the input's side bicubically, can be prepared");
  const [embedding, width] = output;
  const parsed = networkSchema.safeParse({
    file: modelFile,
    input: { ...rest, fit: "cover", kernel: "cubic" },
    outputs: { [embedding]: [width] },
    embedding,
    precision,
    // Wider batches than a pack may state are never run.
    batchMax: Math.min(batchMax, 64),
  });
  if (!parsed.success) throw unsupported(parsed.error.issues[0]?.message ?? "");
  return parsed.data;
}

/** Written beside its place and moved there whole. The file is one with the downloaded one where the disk allows. */
async function writePack(folder: string, file: string, manifest: object): Promise<void> {
  const part = `${folder}.${randomUUID()}.part`;
  await mkdir(part, { recursive: true });
  try {
    await link(file, join(part, modelFile)).catch(() => copyFile(file, join(part, modelFile)));
    await writeFile(join(part, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
