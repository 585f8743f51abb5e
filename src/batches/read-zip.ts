import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { isProblem, Problem } from "../contracts/index.ts";
import { acceptImage, BodyReader, type Upload } from "../intake/index.ts";
import { nothing, type TakenBatch, type TakenItem, type TakeOptions } from "./taken-item.ts";

/** Images are compressed already: an archive that grows more than this, beyond a first share, is built to do harm. */
const growthMax = 50;
const growthFreeBytes = 64 * 1024 * 1024;
const nameCharsMax = 255;
/** What archivers leave in folders, and nobody means to send. */
const litter = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)/;
const unixTypeMask = 0xf000;
const unixLink = 0xa000;

/**
 * Images in a ZIP archive, each an item under its path, which is a name and never a place. An archive says at its end what
 * is in it, so it is written to a file that has no name by then: it goes with the process, whatever happens.
 *
 * Walking throws {Problem} archive-refused (damaged, encrypted, with links or names that lead out of it, or growing beyond
 * measure), body-too-large, too-many-images, too-many-bytes-in-flight, client-closed-request.
 */
export function readZip(upload: Upload, options: TakeOptions, folder: string): TakenBatch {
  async function* taken(): AsyncGenerator<TakenItem> {
    const file = await spool(upload, options, folder);
    try {
      yield* walk(file, options);
    } finally {
      await file.close().catch(nothing);
    }
  }
  return { items: taken(), settings: new Map() };
}

async function spool(upload: Upload, { limits, signal }: TakeOptions, folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  const tooLarge = () =>
    new Problem("body-too-large", { detail: `A batch may have at most ${limits.batchBytesMax} bytes.` });
  try {
    const body = new BodyReader(upload, { bytesMax: limits.batchBytesMax, tooLarge, signal });
    try {
      for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) await file.write(chunk);
    } finally {
      body.close();
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* walk(file: FileHandle, options: TakeOptions): AsyncGenerator<TakenItem> {
  const { size } = await file.stat();
  const growth = { left: growthMax * size + growthFreeBytes };
  const archive = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false }).catch(damaged);
  const { batchImagesMax } = options.limits;
  if (archive.entryCount > batchImagesMax)
    throw new Problem("too-many-images", { detail: `A batch may have at most ${batchImagesMax} items.` });
  const entries = archive.eachEntry();
  for (;;) {
    const next = await entries.next().catch(damaged);
    if (next.done === true) return;
    const entry = next.value;
    if (entry.fileName.endsWith("/") || litter.test(entry.fileName)) continue;
    checkEntry(entry);
    yield await readEntry(archive, entry, options, growth);
  }
}

/** @throws {Problem} archive-refused */
function checkEntry(entry: Entry): void {
  if (((entry.externalFileAttributes >>> 16) & unixTypeMask) === unixLink) throw refused("it holds a link");
  if (entry.isEncrypted()) throw refused("it is encrypted");
  if (entry.fileName.length > nameCharsMax) throw refused(`a name in it is longer than ${nameCharsMax} characters`);
}

async function readEntry(
  archive: ZipFile,
  entry: Entry,
  { limits, budget }: TakeOptions,
  growth: { left: number },
): Promise<TakenItem> {
  const named = { customId: entry.fileName, fields: {} };
  const lease = budget.reserve(Math.min(entry.uncompressedSize, limits.imageBytesMax));
  try {
    const bytes = await inflate(archive, entry, limits.imageBytesMax, growth);
    const image = acceptImage(bytes, limits);
    lease.resize(image.bytes.length);
    return { ...named, found: { image }, release: lease.release };
  } catch (error) {
    lease.release();
    if (!isProblem(error) || error.code === "archive-refused") throw error;
    return { ...named, found: { problem: error }, release: nothing };
  }
}

/** Counts what really comes out: what an entry says of itself is not trusted. */
async function inflate(archive: ZipFile, entry: Entry, bytesMax: number, growth: { left: number }): Promise<Buffer> {
  const tooLarge = new Problem("image-too-large", { detail: `An image file may have at most ${bytesMax} bytes.` });
  if (entry.uncompressedSize > bytesMax) throw tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stream = await archive.openReadStreamPromise(entry).catch(damaged);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      growth.left -= chunk.length;
      if (growth.left < 0) throw refused(`it grows more than ${growthMax} times`);
      if (bytes > bytesMax) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    if (isProblem(error)) throw error;
    damaged(error);
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks, bytes);
}

/** What the library says of an archive is never shown. */
function damaged(cause: unknown): never {
  const isName = cause instanceof Error && /absolute path|invalid relative path|invalid characters/.test(cause.message);
  throw refused(isName ? "a name in it leads out of it" : "it is damaged or of a kind that is not read", cause);
}

const refused = (reason: string, cause?: unknown): Problem =>
  new Problem("archive-refused", { detail: `The archive is refused: ${reason}.`, cause });
