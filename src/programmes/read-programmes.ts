import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import {
  type Band,
  bandSchema,
  calibrationSchema,
  cascadeManifestSchema,
  encoderManifestSchema,
  fastManifestSchema,
  fineManifestSchema,
  type InstalledBand,
  type InstalledReader,
  type MissingProgramme,
  type NetworkFile,
  type Programme,
  type ProgrammeCatalog,
  type ProgrammeManifest,
  programmeSchema,
  type Question,
} from "../contracts/index.ts";
import { positivesNeeded, proveBand } from "../ensemble/index.ts";
import { readEvaluation } from "./read-evaluation.ts";
import { type Files, locate, PackError, type PackFolder, readPack, readPackJson } from "./read-pack.ts";
import { fastPack, finePack } from "./reader-pack.ts";

/**
 * Reads every `models/<programme>/programme.json` and the packs it names. A programme whose packs are absent or
 * altered is kept, with the reason: it refuses cases instead of answering with something else.
 *
 * @throws {PackError} when a programme.json itself is wrong: that is a mistake of this installation
 */
export async function readProgrammes(
  modelsDir: string,
  releases: Releases = new Map(),
  moreDirs: readonly string[] = [],
): Promise<ProgrammeCatalog> {
  const entries = await readdir(modelsDir, { withFileTypes: true }).catch(() => {
    throw new PackError(`MODELS_DIR ${modelsDir} cannot be read`);
  });
  const programmes = new Map<string, Programme | MissingProgramme>();
  for (const entry of entries.filter((each) => each.isDirectory()).sort((x, y) => (x.name < y.name ? -1 : 1))) {
    const manifest = await readManifest(modelsDir, entry.name);
    if (manifest === undefined) continue;
    const release = releases.get(manifest.id);
    programmes.set(manifest.id, await install([modelsDir, ...moreDirs], manifest, release));
  }
  return { programmes };
}

async function readManifest(modelsDir: string, folder: string): Promise<ProgrammeManifest | undefined> {
  const text = await readFile(join(modelsDir, folder, "programme.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = programmeSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new PackError(`${folder}/programme.json: ${parsed.error.issues[0]?.message}`);
  if (parsed.data.id !== folder) throw new PackError(`${folder}/programme.json names itself ${parsed.data.id}`);
  return parsed.data;
}

/** A pack by name and by the digest of its manifest. */
export interface PackName {
  readonly id: string;
  readonly digest: string;
}

/** By programme: the packs to serve in place of those that its programme.json names. */
export type Releases = ReadonlyMap<string, Readonly<Record<"fast" | "fine" | "cascade", PackName>>>;

async function install(
  dirs: readonly string[],
  manifest: ProgrammeManifest,
  release: ReturnType<Releases["get"]>,
): Promise<Programme | MissingProgramme> {
  const named = {
    fast: release?.fast ?? { id: manifest.readers.fast },
    fine: release?.fine ?? { id: manifest.readers.fine },
    cascade: release?.cascade ?? { id: manifest.cascade },
  };
  try {
    const [fast, fine, band] = await Promise.all([
      installFast(dirs, manifest, named.fast),
      installFine(dirs, manifest, named.fine),
      installBand(dirs, manifest, named.cascade),
    ]);
    const evaluation = await readEvaluation(dirs, { manifest, fast, fine, band });
    return { manifest, fast, fine, band, evaluation };
  } catch (error) {
    if (error instanceof PackError) return { manifest, missing: error.message };
    throw error;
  }
}

function assertLabels(programme: ProgrammeManifest, pack: Question & { id: string }): void {
  const same = (one: readonly string[], other: readonly string[]): boolean => one.join("\n") === other.join("\n");
  if (pack.task !== programme.task || !same(pack.labels, programme.labels) || !same(pack.positive, programme.positive))
    throw new PackError(`pack ${pack.id} has other labels than programme ${programme.id}`);
}

/** An encoder pack with the file to load. */
export interface InstalledEncoder extends NetworkFile {
  readonly id: string;
}

/**
 * The encoder that fast readers share, from the first folder that holds it.
 * @throws {PackError} when it is absent or altered
 */
export async function readEncoder(dirs: readonly string[], id: string): Promise<InstalledEncoder> {
  const pack = await findPack(dirs, { id }, encoderManifestSchema);
  return { id, network: pack.manifest.network, file: await locate(pack, pack.manifest.network.file) };
}

type Named = Pick<PackName, "id"> & Partial<PackName>;

/** The first folder that holds the pack; with a digest, the pack must be the very one. */
async function findPack<S extends z.ZodType<{ files: Files }>>(
  dirs: readonly string[],
  { id, digest }: Named,
  schema: S,
): Promise<PackFolder<z.output<S>>> {
  for (const [i, dir] of dirs.entries()) {
    const pack = await readPack(dir, id, schema).catch((error: unknown) => {
      if (error instanceof PackError && i < dirs.length - 1) return undefined;
      throw error;
    });
    if (pack !== undefined && (digest === undefined || pack.digest === digest)) return pack;
  }
  throw new PackError(`pack ${id} is another one than was released`);
}

async function installFast(
  dirs: readonly string[],
  programme: ProgrammeManifest,
  named: Named,
): Promise<InstalledReader> {
  const pack = await findPack(dirs, named, fastManifestSchema);
  assertLabels(programme, pack.manifest);
  const encoder = await readEncoder(dirs, pack.manifest.encoder);
  const trees = await locate(pack, pack.manifest.trees.file);
  const domain = pack.manifest.domain && (await locate(pack, pack.manifest.domain.file));
  const { reference } = pack.manifest;
  const projection = reference && (await locate(pack, reference.projection));
  const load = fastPack(pack.manifest, pack.digest, encoder, { trees, domain, projection });
  const calibration = await readPackJson(pack, pack.manifest.calibration.file, calibrationSchema);
  if ((domain === undefined) !== (calibration.domain === undefined))
    throw new PackError(`pack ${pack.manifest.id} has a domain file without reference similarities, or the reverse`);
  return {
    id: pack.manifest.id,
    digest: pack.digest,
    calibration,
    load,
  };
}

async function installFine(
  dirs: readonly string[],
  programme: ProgrammeManifest,
  named: Named,
): Promise<InstalledReader> {
  const pack = await findPack(dirs, named, fineManifestSchema);
  assertLabels(programme, pack.manifest);
  return {
    id: pack.manifest.id,
    digest: pack.digest,
    calibration: await readPackJson(pack, pack.manifest.calibration.file, calibrationSchema),
    load: finePack(pack.manifest, pack.digest, await locate(pack, pack.manifest.network.file)),
  };
}

async function installBand(
  dirs: readonly string[],
  programme: ProgrammeManifest,
  named: Named,
): Promise<InstalledBand> {
  const pack = await findPack(dirs, named, cascadeManifestSchema);
  assertLabels(programme, pack.manifest);
  const band = await readPackJson(pack, "band.json", bandSchema);
  assertCertificate(pack.manifest.id, band);
  return { ...band, pack: pack.manifest.id, digest: pack.digest };
}

/** What a pack says of its own proof must follow from its own counts. Rates are compared to three digits. */
function assertCertificate(id: string, { target, certificate }: Band): void {
  const proof = proveBand({ target, certificate });
  if (certificate.certified && !proof.certified)
    throw new PackError(`pack ${id} calls its band certified, but its counts do not prove that`);
  const close = (said: number, proved: number): boolean => Math.abs(said - proved) < 0.001;
  if (
    certificate.neededPositives !== positivesNeeded(target.missRate, target.confidence) ||
    !close(certificate.provableMissRate, proof.missRate) ||
    !close(certificate.provableFalsePositiveRate, proof.falsePositiveRate)
  )
    throw new PackError(`pack ${id} states other bounds than its counts prove`);
}
