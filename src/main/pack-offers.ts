import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PackObject, PackOffer } from "../cluster/index.ts";
import type { ReaderPack, VerifiedFile } from "../contracts/index.ts";

/**
 * What a node needs to load these packs: manifests and the files that an engine opens. Calibration, bands and figures stay
 * with the server that decides.
 *
 * @param later digests of packs that need not be loaded before their first task
 * @throws {Error} when a manifest is not there any more, or another one
 */
export function offersOf(packs: readonly ReaderPack[], later: ReadonlySet<string>): Promise<readonly PackOffer[]> {
  return Promise.all(packs.map((pack) => offerOf(pack, later.has(pack.digest))));
}

async function offerOf(pack: ReaderPack, later: boolean): Promise<PackOffer> {
  const asked = { pack: pack.digest, id: pack.id, later };
  const manifest = await manifestBeside(pack.kind === "fast" ? pack.trees : pack.network.file);
  if (manifest.sha256 !== pack.digest) throw new Error(`${manifest.path} is another one than is served`);
  if (pack.kind === "fine") return { asked, objects: [manifest, objectOf(pack.network.file)] };
  const encoder = await manifestBeside(pack.encoder.file);
  const files = [pack.encoder.file, pack.trees, pack.domain, pack.projection].filter((file) => file !== undefined);
  return { asked: { ...asked, encoder: encoder.sha256 }, objects: [manifest, encoder, ...files.map(objectOf)] };
}

/** A pack is a folder: its manifest lies beside its files. */
async function manifestBeside({ path: file }: VerifiedFile): Promise<PackObject> {
  const path = join(dirname(file), "manifest.json");
  const text = await readFile(path);
  return { path, sha256: createHash("sha256").update(text).digest("hex"), bytes: text.byteLength };
}

const objectOf = ({ path, sha256, bytes }: VerifiedFile): PackObject => ({ path, sha256, bytes });
