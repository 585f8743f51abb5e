import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { syncFolder } from "../platform/index.ts";
import { assertDownloadable, type CatalogueEntry, type DownloadableEntry } from "./catalogue.ts";
import { Transient, transfer } from "./download.ts";
import { underLock } from "./file-lock.ts";
import { assertSafeOnnx } from "./onnx-safety.ts";
import { RegistryError } from "./registry-error.ts";

/** Named bounds of a download; the defaults suit a slow line to a public hub. */
export interface PullLimits {
  readonly attemptsMax: number;
  /** Wait before the second attempt, doubled before each further one. */
  readonly backOffMs: number;
  readonly backOffMsMax: number;
  /** Without a byte for so long an attempt is given up. */
  readonly stallMsMax: number;
  readonly redirectsMax: number;
}

export const pullLimits: PullLimits = {
  attemptsMax: 6,
  backOffMs: 500,
  backOffMsMax: 16_000,
  stallMsMax: 30_000,
  redirectsMax: 5,
};

/** Somebody else pulls the same file: it is theirs for now. */
const lockWaitMsMax = 1_000;

export interface PullOptions {
  /** Folder that gets `<entry id>/<file name>`. */
  readonly into: string;
  /** URL that takes the place of scheme and host, and goes before the path. */
  readonly mirror?: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly bytes: number; readonly bytesTotal: number }) => void;
  readonly limits?: Partial<PullLimits>;
}

export interface PulledModel {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** 0 when the file was there already. */
  readonly bytesFetched: number;
}

/**
 * Fetches a model file, goes on where an interrupted fetch ended, and shows the file under its name only when its size
 * and SHA-256 are the catalogue's.
 *
 * @throws {RegistryError} conversion-needed, download-refused, download-failed, download-stalled, download-aborted,
 * size-wrong, hash-wrong, onnx-invalid, onnx-external-data, busy
 */
export async function pullModel(entry: CatalogueEntry, options: PullOptions): Promise<PulledModel> {
  assertDownloadable(entry);
  const path = join(options.into, entry.id, basename(entry.source.path));
  await mkdir(dirname(path), { recursive: true });
  return underLock(`${path}.lock`, lockWaitMsMax, () => pullAlone(entry, path, options));
}

/**
 * Reads a file that was pulled once more, and what it finds is the catalogue's.
 * @throws {RegistryError} model-unknown when it was not pulled, size-wrong, hash-wrong, conversion-needed
 */
export async function verifyModel(entry: CatalogueEntry, into: string): Promise<PulledModel> {
  assertDownloadable(entry);
  const path = join(into, entry.id, basename(entry.source.path));
  if ((await sizeOf(path)) === undefined) throw new RegistryError("model-unknown", `${entry.id} was not pulled`);
  await assertContent(entry, path);
  return { path, bytes: entry.bytes, sha256: entry.sha256, bytesFetched: 0 };
}

async function pullAlone(entry: DownloadableEntry, path: string, options: PullOptions): Promise<PulledModel> {
  const pulled = { path, bytes: entry.bytes, sha256: entry.sha256 };
  const there = await assertContent(entry, path).then(
    () => true,
    () => false,
  );
  if (there) return { ...pulled, bytesFetched: 0 };
  const part = `${path}.part`;
  const bytesFetched = await fetchPart(entry, part, options);
  try {
    await assertContent(entry, part);
    if (path.endsWith(".onnx")) assertSafeOnnx(await readFile(part));
  } catch (error) {
    await dropPart(part);
    throw error;
  }
  const file = await open(part, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await rm(`${part}.etag`, { force: true });
  await syncFolder(dirname(path));
  return { ...pulled, bytesFetched };
}

async function fetchPart(entry: DownloadableEntry, part: string, options: PullOptions): Promise<number> {
  const limits = { ...pullLimits, ...options.limits };
  const url = mirrored(entry.source.url, options.mirror);
  let fetched = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const held = (await sizeOf(part)) ?? 0;
      if (held === entry.bytes) return fetched;
      if (held > entry.bytes) await dropPart(part);
      const etag = await readFile(`${part}.etag`, "utf8").catch(() => undefined);
      await transfer(url, {
        part,
        held: held > entry.bytes ? 0 : held,
        etag,
        bytesTotal: entry.bytes,
        limits,
        signal: options.signal,
        keepEtag: (found) =>
          found === undefined ? rm(`${part}.etag`, { force: true }) : writeFile(`${part}.etag`, found),
        onBytes: (bytes, more) => {
          fetched += more;
          options.onProgress?.({ bytes, bytesTotal: entry.bytes });
        },
      });
    } catch (error) {
      if (options.signal.aborted) throw new RegistryError("download-aborted", `${entry.id}: the download was stopped`);
      if (!(error instanceof Transient)) {
        if (error instanceof RegistryError && error.fault === "size-wrong") await dropPart(part);
        throw error;
      }
      if (attempt >= limits.attemptsMax)
        throw new RegistryError(error.fault, `${entry.id}: ${error.message}, after ${attempt} attempts`, {
          cause: error,
        });
      await wait(Math.min(limits.backOffMsMax, limits.backOffMs * 2 ** (attempt - 1)), options.signal);
    }
  }
}

/** Ends early when the signal is aborted; the next attempt then says so. */
const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal }).catch(() => undefined);

/** @throws {RegistryError} download-refused when the mirror is no HTTP URL */
export function mirrored(url: string, mirror: string | undefined): URL {
  const from = new URL(url);
  if (mirror === undefined || mirror === "") return from;
  const to = URL.canParse(mirror) ? new URL(mirror) : undefined;
  if (to === undefined || !/^https?:$/.test(to.protocol))
    throw new RegistryError("download-refused", "the mirror is no HTTP URL");
  to.pathname = to.pathname.replace(/\/+$/, "") + from.pathname;
  to.search = from.search;
  return to;
}

async function assertContent(entry: DownloadableEntry, path: string): Promise<void> {
  const size = await sizeOf(path);
  if (size !== entry.bytes)
    throw new RegistryError("size-wrong", `${entry.id} has ${size ?? "no"} bytes, ${entry.bytes} expected`);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  if (hash.digest("hex") !== entry.sha256)
    throw new RegistryError("hash-wrong", `${entry.id} does not match the SHA-256 of the catalogue`);
}

async function dropPart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.etag`, { force: true });
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
