import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Registry } from "../../src/registry/index.ts";

const models = resolve(import.meta.dirname, "../../models");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/**
 * Makes a release active whose packs are the committed ones of cataract under another number, as a training and two
 * promotions would.
 *
 * @param fine bytes in place of the fine reader's network
 * @returns the digests of its two readers
 */
export async function activateCopy(dataDir: string, number: number, fine?: Buffer): Promise<string[]> {
  const copy = async (kind: "fast" | "fine" | "cascade") => {
    const from = join(models, "cataract", `${kind}-1`);
    const id = `cataract/${kind}-${number}`;
    const to = join(dataDir, "training/models", id);
    await mkdir(to, { recursive: true });
    for (const name of await readdir(from)) await copyFile(join(from, name), join(to, name));
    const manifest = JSON.parse(await readFile(join(from, "manifest.json"), "utf8"));
    if (kind === "fine" && fine !== undefined) {
      await writeFile(join(to, "fine.onnx"), fine);
      manifest.files["fine.onnx"] = { sha256: sha256(fine), bytes: fine.length };
    }
    const text = JSON.stringify({ ...manifest, id, version: String(number) });
    await writeFile(join(to, "manifest.json"), text);
    return { id, digest: sha256(Buffer.from(text)) };
  };
  const packs = { fast: await copy("fast"), fine: await copy("fine"), cascade: await copy("cascade") };
  const registry = new Registry(join(dataDir, "registry/events.jsonl"));
  const decision = { actor: "test", reason: "a change" };
  const lineage = { dataSha256: "0".repeat(64), codeVersion: "test", parent: null, recipe: "copy" };
  const { digest } = await registry.register("cataract", { packs, lineage }, decision);
  await registry.promote(digest, decision);
  await registry.promote(digest, decision);
  return [packs.fast.digest, packs.fine.digest];
}
