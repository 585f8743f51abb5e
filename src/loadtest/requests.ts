import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { PreparedRequest } from "./sender.ts";

/** More different images would only take memory; an engine keeps about 200 decoded. */
const imagesMax = 2000;
const imageBytesMax = 1024 * 1024 * 1024;
const imageName = /\.(jpe?g|png|webp|tiff?|bmp)$/i;
const boundary = "fovea-loadtest-7d1f0c2b";

/** What was given cannot be sent. */
export class LoadInputError extends Error {
  override readonly name = "LoadInputError";
}

export interface LoadImage {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * @param path an image file, or a folder of them
 * @throws {LoadInputError}
 */
export async function readImages(path: string): Promise<LoadImage[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new LoadInputError(`${path} does not exist`);
  if (!found.isDirectory()) return [{ name: basename(path), bytes: await readFile(path) }];
  const names = (await readdir(path, { recursive: true })).filter((name) => imageName.test(name)).sort();
  if (names.length === 0) throw new LoadInputError(`${path} holds no JPEG, PNG, WebP, TIFF or BMP file`);
  const images: LoadImage[] = [];
  let bytesHeld = 0;
  for (const name of names.slice(0, imagesMax)) {
    const bytes = await readFile(join(path, name));
    bytesHeld += bytes.length;
    if (bytesHeld > imageBytesMax && images.length > 0) break;
    images.push({ name: basename(name), bytes });
  }
  return images;
}

/** A post of one or more images as a form. */
export function imagePost(path: string, field: string, images: readonly LoadImage[]): PreparedRequest {
  const parts = images.flatMap(({ name, bytes }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name.replaceAll('"', "'")}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    bytes,
    Buffer.from("\r\n"),
  ]);
  return {
    path,
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** What goes wrong at clinics: a file cut off, a document, an empty file, no file at all. */
export function badPosts(path: string, field: string, { name, bytes }: LoadImage): PreparedRequest[] {
  const cut = { name, bytes: bytes.subarray(0, Math.floor(bytes.length / 2)) };
  const text = { name: "letter.jpg", bytes: Buffer.from("Dear colleague, please find attached the photograph.") };
  const empty = { name, bytes: Buffer.alloc(0) };
  const bad = [cut, text, empty].map((each) => imagePost(path, field, [each]));
  return [...bad, imagePost(path, field, [])].map((post) => ({ ...post, isBad: true }));
}

/** Good requests with a bad one in place of every `every`-th. */
export const withBad = (
  good: readonly PreparedRequest[],
  bad: readonly PreparedRequest[],
  every: number,
): PreparedRequest[] => {
  // Long enough that every kind of bad one has its turn.
  const length = every * Math.max(bad.length, Math.ceil(good.length / (every - 1)));
  return Array.from({ length }, (_, i) => {
    const row = i % every === every - 1 ? bad[Math.floor(i / every) % bad.length] : good[i % good.length];
    return row as PreparedRequest;
  });
};
