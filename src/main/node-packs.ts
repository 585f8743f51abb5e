import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type AskedPack,
  manifestBytesMax,
  PackCache,
  type PackExchange,
  PackFault,
  sha256Of,
} from "../cluster/index.ts";
import type { ReaderPack, VerifiedFile } from "../contracts/index.ts";
import { type Config, systemClock } from "../platform/index.ts";
import { type ListedFile, PackError, readReader } from "../programmes/index.ts";
import { assertSafeOnnx, RegistryError } from "../registry/index.ts";
import { trainedDir } from "./releases.ts";

/**
 * Packs that servers name by digest, as a node finds them: in its own model folders where they lie there, else in its
 * cache, else fetched. Every byte is held against its SHA-256, and every network against what an ONNX file may hold,
 * before an engine sees it.
 */
export class NodePacks {
  readonly #dirs: readonly string[];
  readonly #cache: PackCache;
  /** By SHA-256: networks that were looked at. */
  readonly #safe = new Set<string>();

  constructor(
    config: Pick<Config, "MODELS_DIR" | "DATA_DIR" | "PACKS_DIR" | "PACKS_BYTES_MAX">,
    exchange: PackExchange,
  ) {
    this.#dirs = [config.MODELS_DIR, trainedDir(config)];
    const folder = config.PACKS_DIR ?? join(config.DATA_DIR, "packs");
    this.#cache = new PackCache({ folder, bytesMax: config.PACKS_BYTES_MAX, exchange, clock: systemClock });
  }

  /**
   * @param again it could not be loaded before: nothing that was verified then is believed now
   * @throws {PackFault}
   */
  async find({ pack: digest, id, encoder }: AskedPack, again: boolean): Promise<ReaderPack> {
    if (again) this.#cache.doubt();
    const text = await this.#manifest(digest, id);
    const encoderText = encoder === undefined ? undefined : (its: string) => this.#manifest(encoder, its);
    try {
      return await readReader({ text, digest }, encoderText, (file) => this.#file(file));
    } catch (error) {
      throw error instanceof PackError ? new PackFault("manifest-invalid", error.message) : error;
    }
  }

  /** What must stay in the cache: what is served. */
  use(packs: readonly ReaderPack[]): Promise<void> {
    return this.#cache.use(new Set(packs.flatMap(digestsOf)));
  }

  async #manifest(sha256: string, id: string): Promise<Uint8Array> {
    for (const dir of this.#dirs) {
      const text = await readFile(join(dir, id, "manifest.json")).catch(() => undefined);
      if (text !== undefined && createHash("sha256").update(text).digest("hex") === sha256) return text;
    }
    return this.#cache.read(sha256, manifestBytesMax);
  }

  /** @throws {PackFault} model-refused for a network that must not be loaded */
  async #file({ pack, name, sha256, bytes, isNetwork }: ListedFile): Promise<VerifiedFile> {
    const own = await this.#ownFile(join(pack, name), sha256, bytes);
    const path = own ?? (await this.#cache.file(sha256, bytes));
    if (isNetwork && !this.#safe.has(sha256)) {
      assertLoadable(await readFile(path), sha256);
      this.#safe.add(sha256);
    }
    return { path, sha256, bytes };
  }

  async #ownFile(inDir: string, sha256: string, bytes: number): Promise<string | undefined> {
    for (const dir of this.#dirs) {
      const path = join(dir, inDir);
      const info = await stat(path).catch(() => undefined);
      if (info?.size === bytes && (await sha256Of(path).catch(() => undefined)) === sha256) return path;
    }
    return undefined;
  }
}

function assertLoadable(network: Uint8Array, sha256: string): void {
  try {
    assertSafeOnnx(network);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new PackFault("model-refused", `${error.fault}: ${error.message}`, sha256);
  }
}

const digestsOf = (pack: ReaderPack): string[] =>
  pack.kind === "fine"
    ? [pack.digest, pack.network.file.sha256]
    : [
        pack.digest,
        ...[pack.encoder.file, pack.trees, pack.domain, pack.projection].flatMap((file) => file?.sha256 ?? []),
      ];
