import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";

const imageEndings = /\.(jpe?g|png|webp|tiff?|bmp)$/i;

/** The folder or manifest cannot be used. */
export class BatchInputError extends Error {
  override readonly name = "BatchInputError";
}

/** Items as the server takes them, one JSON object a line, in the same order each time. */
export interface BatchInput {
  /** Counted beforehand, for the progress. */
  readonly count: number;
  lines(): AsyncGenerator<string>;
}

/**
 * A folder: its images, also in folders below, each under its path. Else a manifest: one JSON object a line as
 * `POST /v1/batches` takes it, in which `file` may name an image beside the manifest.
 *
 * @throws {BatchInputError}
 */
export async function openBatchInput(path: string): Promise<BatchInput> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new BatchInputError(`${path}: no such folder or file`);
  const input = found.isDirectory() ? folderInput(path) : manifestInput(path);
  const count = await input.count();
  if (count === 0) throw new BatchInputError(`${path}: holds no images`);
  return { count, lines: input.lines };
}

interface Input {
  count(): Promise<number>;
  lines(): AsyncGenerator<string>;
}

const folderInput = (folder: string): Input => ({
  count: async () => {
    let count = 0;
    for await (const _ of imagesIn(folder)) count++;
    return count;
  },
  lines: async function* () {
    for await (const file of imagesIn(folder))
      yield lineOf({ custom_id: relative(folder, file), image: await base64Of(file) });
  },
});

/** In the order of names, one folder's names in memory at a time. */
async function* imagesIn(folder: string): AsyncGenerator<string> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* imagesIn(path);
    else if (entry.isFile() && imageEndings.test(entry.name) && !entry.name.startsWith(".")) yield path;
  }
}

const manifestInput = (manifest: string): Input => ({
  count: async () => {
    let count = 0;
    for await (const _ of entriesOf(manifest)) count++;
    return count;
  },
  lines: async function* () {
    for await (const { file, ...rest } of entriesOf(manifest)) {
      if (file === undefined) yield lineOf(rest);
      else if (typeof file !== "string") throw new BatchInputError(`${manifest}: file is not a text`);
      else yield lineOf({ custom_id: file, ...rest, image: await base64Of(resolve(dirname(manifest), file)) });
    }
  },
});

async function* entriesOf(manifest: string): AsyncGenerator<Record<string, unknown>> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(manifest) })) {
    number++;
    if (line.trim() !== "") yield parse(line, `${manifest}:${number}`);
  }
}

function parse(line: string, where: string): Record<string, unknown> {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new BatchInputError(`${where}: not a JSON object`);
}

async function base64Of(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new BatchInputError(`${file}: ${error.code ?? "cannot be read"}`);
  });
  return bytes.toString("base64");
}

const lineOf = (item: object): string => `${JSON.stringify(item)}\n`;
