import { constants } from "node:fs";
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  unlink,
  writeFile,
} from "node:fs/promises";
import { extname, join } from "node:path";
import { Problem } from "../contracts/index.ts";

/** Names looked at in one look; what is beyond comes with the next, when these are gone. */
const namesMax = 2000;
/** A sidecar holds one identifier. */
const sidecarBytesMax = 64 * 1024;
/** Names of one file in `processed` or `failed`, by suffix. */
const suffixesMax = 10_000;

export interface FoundFile {
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export type Shelf = "processed" | "failed";

/** Finished files lie beside the watched folder's own, never overwritten. */
export async function prepareFolder(folder: string): Promise<void> {
  for (const shelf of ["processed", "failed"] as const) await mkdir(join(folder, shelf), { recursive: true });
}

/** Files with one of the endings; no hidden or half-written ones, and nothing behind a symbolic link. */
export async function listFiles(folder: string, endings: ReadonlySet<string>): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for await (const entry of await opendir(folder)) {
    const { name } = entry;
    if (!entry.isFile() || name.startsWith(".") || name.endsWith("~")) continue;
    if (!endings.has(extname(name).toLowerCase())) continue;
    const stat = await lstat(join(folder, name)).catch(() => undefined);
    if (stat?.isFile() === true) found.push({ name, size: stat.size, mtimeMs: stat.mtimeMs });
    if (found.length >= namesMax) break;
  }
  return found.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
}

/**
 * The whole file, unless it is no longer the one that was found.
 * @returns undefined when it changed or went
 * @throws {Problem} image-too-large
 */
export async function readFound(folder: string, found: FoundFile, bytesMax: number): Promise<Buffer | undefined> {
  if (found.size > bytesMax)
    throw new Problem("image-too-large", { detail: `An image file may have at most ${bytesMax} bytes.` });
  const handle = await open(join(folder, found.name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(absent);
  if (handle === undefined) return undefined;
  try {
    const bytes = await readExactly(handle, found.size);
    const { size, mtimeMs } = await handle.stat();
    return size === found.size && mtimeMs === found.mtimeMs ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

async function readExactly(handle: FileHandle, size: number): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) return undefined;
    at += bytesRead;
  }
  return bytes;
}

/** `scan.png.json` or `scan.json` beside `scan.png`. */
export async function readSidecar(folder: string, name: string): Promise<{ name: string; text: string } | undefined> {
  for (const candidate of [`${name}.json`, `${name.slice(0, -extname(name).length)}.json`]) {
    const stat = await lstat(join(folder, candidate)).catch(() => undefined);
    if (stat?.isFile() !== true) continue;
    if (stat.size > sidecarBytesMax)
      throw new Problem("json-invalid", { detail: `The file beside the image may have ${sidecarBytesMax} bytes.` });
    return { name: candidate, text: await readFile(join(folder, candidate), "utf8") };
  }
  return undefined;
}

/**
 * Puts a file onto a shelf under the first free name. A process that ends in between leaves two names of one file, and
 * the next move of it is then done already.
 *
 * @param reason written beside it, before it
 */
export async function moveTo(folder: string, shelf: Shelf, name: string, reason?: object): Promise<void> {
  const from = join(folder, name);
  for (let i = 0; i < suffixesMax; i++) {
    const to = join(folder, shelf, suffixed(name, i));
    if (await isTaken(from, to)) continue;
    if (reason !== undefined) await writeFile(`${to}.reason.json`, `${JSON.stringify(reason)}\n`);
    await moveUnlessThere(from, to);
    return;
  }
  throw new Problem("store-unavailable", { detail: `too many files of one name in ${shelf}` });
}

async function isTaken(from: string, to: string): Promise<boolean> {
  const [source, target] = await Promise.all([lstat(from).catch(absent), lstat(to).catch(absent)]);
  return target !== undefined && !(source?.ino === target.ino && source.dev === target.dev);
}

/** `link` refuses a name that is taken, `rename` would replace it; some file systems have no links. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    if (code !== "EEXIST") return rename(from, to);
  }
  await unlink(from).catch(absent);
}

function suffixed(name: string, i: number): string {
  const ending = extname(name);
  return i === 0 ? name : `${name.slice(0, name.length - ending.length)}-${i}${ending}`;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ELOOP") throw error;
}
