import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = process.env["FOVEA_SHARED"] ?? resolve(import.meta.dirname, "../../../shared");

/** A folder beside the project that only tests and benchmarks may read; undefined where it is absent. */
export function shared(...path: string[]): string | undefined {
  const found = join(folder, ...path);
  return existsSync(found) ? found : undefined;
}

/** Real photographs of eyes where the data sets are at hand. */
export function eyePhotographs(split = ""): string[] | undefined {
  const images = shared("datasets/cataract_eye/images");
  if (images === undefined) return undefined;
  return readdirSync(images, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(jpg|png)$/.test(name) && name.includes(split))
    .sort()
    .map((name) => join(images, name));
}
