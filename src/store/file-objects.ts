import { createHash, randomUUID } from "node:crypto";
import { access, type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type AcceptedImage, type ObjectStore, Problem } from "../contracts/index.ts";

/**
 * Images as files named by the SHA-256 of their bytes, in 256 folders by the first byte. A file appears under its
 * name only when it is whole and synced; the same image put twice at once is written once.
 */
export class FileObjects implements ObjectStore {
  readonly #folder: string;
  readonly #writing = new Map<string, Promise<void>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws when the folders cannot be made: the program must not start then */
  static async open(folder: string): Promise<FileObjects> {
    const fans = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
    await Promise.all(fans.map((fan) => mkdir(join(folder, fan), { recursive: true, mode: 0o700 })));
    return new FileObjects(folder);
  }

  async putObject(image: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void> {
    const running = this.#writing.get(image.sha256);
    if (running !== undefined) return running;
    const write = this.#write(image).finally(() => this.#writing.delete(image.sha256));
    this.#writing.set(image.sha256, write);
    return write;
  }

  async getObject(sha256: string): Promise<Uint8Array | undefined> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    const bytes = await readFile(this.#path(sha256)).catch(() => undefined);
    if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== sha256) return undefined;
    return bytes;
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  async #write({ sha256, bytes }: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void> {
    const path = this.#path(sha256);
    const held = await access(path).then(
      () => true,
      () => false,
    );
    if (held) return;
    const part = `${path}.${randomUUID()}.part`;
    let file: FileHandle | undefined;
    try {
      file = await open(part, "wx", 0o600);
      await file.write(bytes);
      await file.datasync();
      await file.close();
      file = undefined;
      await rename(part, path);
    } catch (cause) {
      await file?.close().catch(() => undefined);
      await rm(part, { force: true }).catch(() => undefined);
      throw new Problem("store-unavailable", { detail: "the image could not be stored", retryAfterS: 5, cause });
    }
  }
}
