import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, syncFolder } from "../platform/index.ts";
import { objectBytesMax, type PackExchange, PackFault } from "./pack-exchange.ts";

/** Without a byte for so long, an object is given up. */
const stallMsDefault = 10_000;
/** Touched less than this ago, a file may be in use by another node on the same folder. */
const unusedMs = 600_000;
const names = /^[0-9a-f]{64}$/;
const partNames = /^[0-9a-f]{64}\..+\.part$/;

export interface PackCacheOptions {
  readonly folder: string;
  /** Of all files together. */
  readonly bytesMax: number;
  readonly exchange: PackExchange;
  readonly clock: Clock;
  readonly stallMs?: number;
}

interface Kept {
  readonly name: string;
  readonly bytes: number;
  /** Wall clock, ms. */
  readonly usedAt: number;
}

/**
 * Pack files on a node's disk, each under its SHA-256. A file appears under its name only when it is whole, on the disk
 * and what its name says; several nodes may share the folder.
 */
export class PackCache {
  readonly #options: PackCacheOptions;
  /** Read and found right since this process started. */
  readonly #verified = new Set<string>();
  #inUse: ReadonlySet<string> = new Set();

  constructor(options: PackCacheOptions) {
    this.#options = options;
  }

  /**
   * The file of that content, fetched where it is not here.
   *
   * @param bytes its length, or the most it may have
   * @returns its path
   * @throws {PackFault} object-missing, object-corrupt, object-stalled, object-too-large, bus-down, cache-failed
   */
  async file(sha256: string, bytes: number | { readonly max: number }): Promise<string> {
    const path = join(this.#options.folder, sha256);
    if (!(await this.#isRight(path, sha256))) await this.#fetch(path, sha256, bytes);
    this.#verified.add(sha256);
    return path;
  }

  /** As `file`, with its bytes. For small ones. */
  async read(sha256: string, bytesMax: number): Promise<Buffer> {
    return readFile(await this.file(sha256, { max: bytesMax }));
  }

  /** Nothing that was found right before is believed any more. */
  doubt(): void {
    this.#verified.clear();
  }

  /** What must stay from now on; everything else may go when room is needed. */
  async use(sha256s: ReadonlySet<string>): Promise<void> {
    this.#inUse = sha256s;
    const now = new Date(this.#options.clock.wallMs());
    for (const sha256 of sha256s) await utimes(join(this.#options.folder, sha256), now, now).catch(() => undefined);
  }

  async #isRight(path: string, sha256: string): Promise<boolean> {
    const there = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!there || this.#verified.has(sha256)) return there;
    if ((await sha256Of(path)) === sha256) return true;
    await rm(path, { force: true });
    return false;
  }

  async #fetch(path: string, sha256: string, bytes: number | { readonly max: number }): Promise<void> {
    const { exchange, folder } = this.#options;
    const most = Math.min(objectBytesMax, typeof bytes === "number" ? bytes : bytes.max);
    if (typeof bytes === "number" && bytes > most)
      throw new PackFault("object-too-large", `an object of ${bytes} bytes, ${most} allowed`, sha256);
    const found = await exchange.get(sha256).catch((error: unknown) => {
      throw new PackFault("bus-down", `the object store cannot be asked: ${wordsOf(error)}`);
    });
    if (found === undefined) throw new PackFault("object-missing", "the object is not in the store", sha256);
    if (found.bytes > most || (typeof bytes === "number" && found.bytes !== bytes)) {
      found.cancel();
      throw new PackFault("object-corrupt", `the object has ${found.bytes} bytes, ${most} expected`, sha256);
    }
    const part = `${path}.${randomUUID()}.part`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 }).catch(cacheFailed);
      await this.#makeRoom(found.bytes);
      const hash = await this.#write(part, found.chunks, sha256, found.bytes);
      if (hash !== sha256) throw new PackFault("object-corrupt", "the object is not what its name says", sha256);
      await rename(part, path).catch(cacheFailed);
      await syncFolder(folder).catch(cacheFailed);
    } catch (error) {
      found.cancel();
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** @returns SHA-256 of what was written and is on the disk */
  async #write(part: string, chunks: AsyncIterable<Uint8Array>, sha256: string, bytes: number): Promise<string> {
    const hash = createHash("sha256");
    let written = 0;
    const file = await open(part, "wx", 0o600).catch(cacheFailed);
    try {
      const arriving = chunks[Symbol.asyncIterator]();
      for (;;) {
        const next = await this.#next(arriving, sha256);
        if (next.done === true) break;
        written += next.value.byteLength;
        if (written > bytes) throw new PackFault("object-corrupt", "the object is longer than it says", sha256);
        hash.update(next.value);
        await file.writeFile(next.value).catch(cacheFailed);
      }
      await file.sync().catch(cacheFailed);
    } finally {
      await file.close();
    }
    if (written !== bytes)
      throw new PackFault("object-corrupt", `the object ended after ${written} of ${bytes} bytes`, sha256);
    return hash.digest("hex");
  }

  async #next(arriving: AsyncIterator<Uint8Array>, sha256: string): Promise<IteratorResult<Uint8Array>> {
    const { stallMs = stallMsDefault } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const stalled = new Promise<never>((_, reject) => {
      const fault = new PackFault("object-stalled", `no byte came for ${stallMs} ms`, sha256);
      timer = setTimeout(reject, stallMs, fault);
    });
    try {
      return await Promise.race([arriving.next(), stalled]);
    } catch (error) {
      // The store compares what it sent with what was put.
      throw error instanceof PackFault ? error : new PackFault("object-corrupt", wordsOf(error), sha256);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws {PackFault} cache-failed when everything here is in use */
  async #makeRoom(bytes: number): Promise<void> {
    const { bytesMax, folder, clock } = this.#options;
    const kept = await this.#list();
    let over = kept.reduce((sum, each) => sum + each.bytes, bytes) - bytesMax;
    const before = clock.wallMs() - unusedMs;
    const others = kept.filter(({ name, usedAt }) => !this.#inUse.has(name) && usedAt < before);
    for (const { name, bytes: freed } of others.sort((one, other) => one.usedAt - other.usedAt)) {
      if (over <= 0 && !partNames.test(name)) continue;
      await rm(join(folder, name), { force: true }).catch(cacheFailed);
      this.#verified.delete(name);
      over -= freed;
    }
    if (over > 0) throw new PackFault("cache-failed", `the packs in use leave no room for ${bytes} bytes more`);
  }

  /** Files, and what fetches that were killed have left. */
  async #list(): Promise<Kept[]> {
    const { folder } = this.#options;
    const found: Kept[] = [];
    for (const name of await readdir(folder)) {
      if (!names.test(name) && !partNames.test(name)) continue;
      const info = await stat(join(folder, name)).catch(() => undefined);
      if (info !== undefined) found.push({ name, bytes: info.size, usedAt: info.mtimeMs });
    }
    return found;
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

function cacheFailed(error: unknown): never {
  throw new PackFault("cache-failed", wordsOf(error));
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
