import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = process.env["FOVEA_SHARED"] ?? resolve(import.meta.dirname, "../../../shared");

/** A folder beside the project that only tests and benchmarks may read; undefined where it is absent. */
export function shared(...path: string[]): string | undefined {
  const found = join(folder, ...path);
  return existsSync(found) ? found : undefined;
}
