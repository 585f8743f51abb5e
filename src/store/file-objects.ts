import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AcceptedImage, Problem } from "../contracts/index.ts";
import { type Clock, syncFolder, systemClock } from "../platform/index.ts";
import { isObjectName, type KeptObjects } from "./kept-objects.ts";
import { Turns } from "./turns.ts";

const fans = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/**
 * Images as files named by the SHA-256 of their bytes, in 256 folders by the first byte. A file appears under its
 * name only when it is whole and synced; the same image put twice at once is written once.
 */
export class FileObjects implements KeptObjects {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  /** A folder that does not take an image says so at the put. */
  readonly failure = undefined;

  private constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** @throws when the folders cannot be made: the program must not start then */
  static async open(folder: string, clock: Clock = systemClock): Promise<FileObjects> {
    await Promise.all(fans.map((fan) => mkdir(join(folder, fan), { recursive: true, mode: 0o700 })));
    return new FileObjects(folder, clock);
  }

  putObject(image: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void> {
    return this.#turns.once(image.sha256, () => this.#write(image));
  }

  /** @throws {Problem} image-damaged when what is there does not hash to its name */
  async getObject(sha256: string): Promise<Uint8Array | undefined> {
    if (!isObjectName(sha256)) return undefined;
    const bytes = await readFile(this.#path(sha256)).catch(() => undefined);
    if (bytes === undefined) return undefined;
    if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw new Problem("image-damaged");
    return bytes;
  }

  /**
   * Names of what has not been put for `ageMs`, one folder at a time; leftovers of interrupted writes of that age are
   * deleted on the way.
   */
  async *untouched(ageMs: number): AsyncGenerator<readonly string[]> {
    const before = this.#clock.wallMs() - ageMs;
    for (const fan of fans) {
      const old: string[] = [];
      for (const name of await readdir(join(this.#folder, fan))) {
        const path = join(this.#folder, fan, name);
        const found = await stat(path).catch(() => undefined);
        if (found === undefined || found.mtimeMs > before) continue;
        if (isObjectName(name)) old.push(name);
        else await rm(path, { force: true });
      }
      if (old.length > 0) yield old;
    }
  }

  /**
   * Deletes an object unless it was put again within `ageMs`. A put of the same bytes waits meanwhile.
   * @returns whether it is gone
   */
  removeUntouched(sha256: string, ageMs: number): Promise<boolean> {
    return this.#turns.alone(sha256, async () => {
      const path = this.#path(sha256);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && found.mtimeMs > this.#clock.wallMs() - ageMs) return false;
      await rm(path, { force: true });
      return true;
    });
  }

  async close(): Promise<void> {}

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  async #write({ sha256, bytes }: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void> {
    // Also over one that is there: its age starts anew, what was cut off is whole again, and to look first costs everybody.
    const path = this.#path(sha256);
    const part = `${path}.${randomUUID()}.part`;
    let file: FileHandle | undefined;
    try {
      file = await open(part, "wx", 0o600);
      await file.write(bytes);
      await file.datasync();
      await file.close();
      file = undefined;
      await rename(part, path);
      await syncFolder(dirname(path));
    } catch (cause) {
      await file?.close().catch(() => undefined);
      await rm(part, { force: true }).catch(() => undefined);
      throw new Problem("store-unavailable", { detail: "the image could not be stored", retryAfterS: 5, cause });
    }
  }
}
