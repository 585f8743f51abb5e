import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import type { VerifiedFile } from "../contracts/pack.ts";

/** Why a pack cannot be used, in words for an operator; becomes the programme's `missing` reason. */
export class PackError extends Error {
  override readonly name = "PackError";
}

export type Files = Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;

/** A pack folder whose manifest was read and checked; its digest names every byte it will serve. */
export interface PackFolder<M> {
  readonly folder: string;
  readonly manifest: M;
  /** SHA-256 of manifest.json, which holds the SHA-256 of every other file. */
  readonly digest: string;
}

/** @throws {PackError} when the manifest is absent or not of this kind */
export async function readPack<S extends z.ZodType<{ files: Files }>>(
  modelsDir: string,
  id: string,
  schema: S,
): Promise<PackFolder<z.output<S>>> {
  const folder = join(modelsDir, id);
  const text = await readFile(join(folder, "manifest.json")).catch(() => {
    throw new PackError(`pack ${id} is not installed`);
  });
  return { folder, manifest: parse(schema, text, `${id}/manifest.json`), digest: sha256(text) };
}

/**
 * Reads and verifies a small JSON file of a pack.
 * @throws {PackError} when it is absent, altered or of another shape
 */
export async function readPackJson<S extends z.ZodType>(
  pack: PackFolder<{ id: string; files: Files }>,
  name: string,
  schema: S,
): Promise<z.output<S>> {
  const file = await locate(pack, name);
  const text = await readFile(file.path);
  if (sha256(text) !== file.sha256) throw new PackError(`${pack.manifest.id}/${name} does not match its SHA-256`);
  return parse(schema, text, `${pack.manifest.id}/${name}`);
}

/**
 * Finds a file that the manifest lists, with the size it promises. Its content is verified by whoever loads it, so
 * that large files are read once.
 * @throws {PackError}
 */
export async function locate(pack: PackFolder<{ id: string; files: Files }>, name: string): Promise<VerifiedFile> {
  const listed = pack.manifest.files[name];
  if (listed === undefined) throw new PackError(`${pack.manifest.id}/manifest.json does not list ${name}`);
  const path = join(pack.folder, name);
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size !== listed.bytes)
    throw new PackError(`${pack.manifest.id}/${name} has ${size ?? "no"} bytes, ${listed.bytes} expected`);
  return { path, sha256: listed.sha256, bytes: listed.bytes };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** @throws {PackError} */
export function parseJson(text: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(Buffer.from(text).toString("utf8"));
  } catch {
    throw new PackError(`${name} is not JSON`);
  }
}

function parse<S extends z.ZodType>(schema: S, text: Uint8Array, name: string): z.output<S> {
  const parsed = schema.safeParse(parseJson(text, name));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PackError(`${name}: ${issue?.path.join(".")}: ${issue?.message}`);
}
