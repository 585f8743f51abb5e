import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  cascadeManifestSchema,
  type EmbeddingReference,
  embeddingReferenceSchema,
  fastManifestSchema,
  type Programme,
} from "../contracts/index.ts";

/** Scores of readers that did not see the image's fold: what the band was chosen and measured on. */
const scoresFile = "out-of-fold.csv";

/** What the packs of a release hold of the images they were made of. */
export interface ReferenceFiles {
  /** CSV: sha256, fold, label, then raw scores as `fast...` and `fine...`. */
  readonly table: string;
  /** Groups that the images belong to; absent where the pack does not say. */
  readonly groups?: number | undefined;
  /** Of the fast pack, with the digests of images on which both readers look; absent in packs that were made without. */
  readonly embedding?: (EmbeddingReference & { readonly poor: readonly string[] }) | undefined;
}

/**
 * @param dirs folders of packs; a file counts only when it is the very one that its manifest names
 * @returns undefined when the cascade pack does not carry the scores that live cases are compared with
 * @throws {Error} on a reference that is altered or none
 */
export async function readReferenceFiles(
  dirs: readonly string[],
  { band, fast }: Pick<Programme, "band" | "fast">,
): Promise<ReferenceFiles | undefined> {
  const cascade = await openPack(dirs, band.pack, band.digest);
  const table = await cascade?.read(scoresFile);
  if (cascade === undefined || table === undefined) return undefined;
  const { trained } = cascadeManifestSchema.parse(cascade.manifest);
  return { table, groups: trained?.data?.groups, embedding: await readEmbedding(dirs, fast) };
}

async function readEmbedding(
  dirs: readonly string[],
  { id, digest }: Pick<Programme["fast"], "id" | "digest">,
): Promise<ReferenceFiles["embedding"]> {
  const pack = await openPack(dirs, id, digest);
  const { reference } = pack === undefined ? {} : fastManifestSchema.parse(pack.manifest);
  if (reference === undefined) return undefined;
  const text = await pack?.read(reference.file);
  if (text === undefined) throw new Error(`${id}/${reference.file} is not what its manifest says`);
  return embeddingReferenceSchema.parse(JSON.parse(text));
}

interface OpenPack {
  readonly manifest: unknown;
  /** The file's text, if it is the very one that the manifest names. */
  read(name: string): Promise<string | undefined>;
}

async function openPack(dirs: readonly string[], id: string, digest: string): Promise<OpenPack | undefined> {
  for (const dir of dirs) {
    const bytes = await readFile(join(dir, id, "manifest.json")).catch(() => undefined);
    if (bytes === undefined || sha256(bytes) !== digest) continue;
    const manifest = JSON.parse(bytes.toString("utf8")) as { files: Record<string, { sha256: string } | undefined> };
    const read = async (name: string): Promise<string | undefined> => {
      const found = await readFile(join(dir, id, name)).catch(() => undefined);
      return found !== undefined && sha256(found) === manifest.files[name]?.sha256 ? found.toString("utf8") : undefined;
    };
    return { manifest, read };
  }
  return undefined;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
