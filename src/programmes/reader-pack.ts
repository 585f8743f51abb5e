import {
  encoderManifestSchema,
  fastManifestSchema,
  fineManifestSchema,
  type NetworkFile,
  type ReaderPack,
  type VerifiedFile,
} from "../contracts/index.ts";
import { scoresOf } from "../ensemble/index.ts";
import { PackError, parseJson } from "./read-pack.ts";

type FastManifest = ReturnType<typeof fastManifestSchema.parse>;
type FineManifest = ReturnType<typeof fineManifestSchema.parse>;
type EncoderManifest = ReturnType<typeof encoderManifestSchema.parse>;

/** What an engine loads of a fast reader: its trees on the shared encoder, fed with the picture as the reader prepares it. */
export function fastPack(
  manifest: FastManifest,
  digest: string,
  encoder: NetworkFile,
  files: {
    readonly trees: VerifiedFile;
    readonly domain: VerifiedFile | undefined;
    readonly projection: VerifiedFile | undefined;
  },
): Extract<ReaderPack, { kind: "fast" }> {
  if (encoder.file.sha256 !== manifest.encoderSha256)
    throw new PackError(`pack ${manifest.id} was trained on another encoder than the one installed`);
  const input = { ...encoder.network.input, prepare: manifest.prepare };
  return {
    kind: "fast",
    digest,
    id: manifest.id,
    encoder: { network: { ...encoder.network, input }, file: encoder.file },
    trees: { ...files.trees, features: manifest.trees.features },
    outputs: scoresOf(manifest),
    ...(files.domain && { domain: files.domain }),
    ...(files.projection && { projection: files.projection }),
  };
}

/** What an engine loads of a fine reader. */
export const finePack = (
  manifest: FineManifest,
  digest: string,
  file: VerifiedFile,
): Extract<ReaderPack, { kind: "fine" }> => ({
  kind: "fine",
  digest,
  id: manifest.id,
  network: { network: manifest.network, file },
  outputs: scoresOf(manifest),
});

/** A file as a manifest lists it. */
export interface ListedFile {
  /** Id of the pack, and the file's name in it. */
  readonly pack: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** An engine opens it as an ONNX model. */
  readonly isNetwork: boolean;
}

/**
 * A reader from its manifest's bytes alone, wherever its files lie: what another process named by digest.
 *
 * @param encoder gives the bytes of the encoder's manifest, by its id; for a fast reader
 * @param bring finds a file that a manifest lists, and verifies it
 * @throws {PackError} when a manifest is not one, or the two do not belong together
 */
export async function readReader(
  manifest: { readonly text: Uint8Array; readonly digest: string },
  encoder: ((id: string) => Promise<Uint8Array>) | undefined,
  bring: (file: ListedFile) => Promise<VerifiedFile>,
): Promise<ReaderPack> {
  const name = `the manifest ${manifest.digest.slice(0, 12)}`;
  const listed = async (of: FastManifest | FineManifest | EncoderManifest, file: string, isNetwork: boolean) => {
    const found = of.files[file];
    if (found === undefined) throw new PackError(`${name} does not list ${file}`);
    return bring({ ...found, pack: of.id, name: file, isNetwork });
  };
  const fast = fastManifestSchema.safeParse(parseJson(manifest.text, name));
  if (!fast.success) {
    const fine = fineManifestSchema.safeParse(parseJson(manifest.text, name));
    if (!fine.success) throw new PackError(`${name} is none of a reader`);
    return finePack(fine.data, manifest.digest, await listed(fine.data, fine.data.network.file, true));
  }
  const read = fast.data;
  if (encoder === undefined) throw new PackError(`${name} needs an encoder, and none was named`);
  const shared = encoderManifestSchema.safeParse(parseJson(await encoder(read.encoder), `the encoder of ${name}`));
  if (!shared.success) throw new PackError(`the encoder of ${name} has no manifest of one`);
  const { network } = shared.data;
  return fastPack(
    read,
    manifest.digest,
    { network, file: await listed(shared.data, network.file, true) },
    {
      trees: await listed(read, read.trees.file, false),
      domain: read.domain && (await listed(read, read.domain.file, true)),
      projection: read.reference && (await listed(read, read.reference.projection, true)),
    },
  );
}
