import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MiB = 1024 * 1024;
/** A programme's pack is committed beside the code. */
const fileBytesMax = 8 * MiB;

/** Files of a pack on their way to disk; the manifest that names each by its digest comes last. */
export class PackFolder {
  readonly #files = new Map<string, Uint8Array>();

  put(name: string, content: Uint8Array | string | object): void {
    const bytes =
      content instanceof Uint8Array ? content : Buffer.from(typeof content === "string" ? content : jsonText(content));
    if (bytes.length > fileBytesMax)
      throw new RangeError(`${name} has ${bytes.length} bytes; at most ${fileBytesMax} are allowed`);
    this.#files.set(name, bytes);
  }

  digestOf(name: string): string {
    return sha256(this.#files.get(name) as Uint8Array);
  }

  /**
   * Writes all files beside the place and moves the whole folder there: a killed run leaves no half pack.
   * @param head manifest fields before the list of files
   * @param rest manifest fields behind it
   */
  async write(folder: string, head: object, rest: object): Promise<void> {
    const files = Object.fromEntries(
      [...this.#files.keys()]
        .sort()
        .map((name) => [name, { sha256: this.digestOf(name), bytes: this.#files.get(name)?.length }]),
    );
    const part = `${folder}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    for (const [name, bytes] of this.#files) await writeFile(join(part, name), bytes);
    await writeFile(join(part, "manifest.json"), jsonText({ format: 1, ...head, files, ...rest }));
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  }
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** The number that no pack of this kind has in any of the folders. */
export async function nextVersion(kind: string, folders: readonly string[]): Promise<number> {
  let last = 0;
  for (const folder of folders)
    for (const name of await readdir(folder).catch(() => []))
      if (name.startsWith(`${kind}-`)) last = Math.max(last, Number(name.slice(kind.length + 1)) || 0);
  return last + 1;
}
