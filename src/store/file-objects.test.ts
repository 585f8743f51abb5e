import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileObjects } from "./file-objects.ts";

const object = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
};

describe("FileObjects", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-objects-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("gives back the bytes that were put, also when they were put many times at once", async () => {
    const objects = await FileObjects.open(folder);
    const image = object("an eye");
    await Promise.all(Array.from({ length: 20 }, () => objects.putObject(image)));
    await objects.putObject(image);
    expect(Buffer.from((await objects.getObject(image.sha256)) ?? [])).toEqual(Buffer.from(image.bytes));
    expect(await readdir(join(folder, image.sha256.slice(0, 2)))).toEqual([image.sha256]);
  });

  it("never returns bytes that do not hash to their name", async () => {
    const objects = await FileObjects.open(folder);
    const image = object("an eye");
    await objects.putObject(image);
    await writeFile(join(folder, image.sha256.slice(0, 2), image.sha256), "another eye");
    expect(await objects.getObject(image.sha256)).toBeUndefined();
  });

  it.each(["", "../../etc/passwd", "ABC", "0".repeat(63)])("finds nothing under the name %j", async (name) => {
    const objects = await FileObjects.open(folder);
    expect(await objects.getObject(name)).toBeUndefined();
  });

  it("answers store-unavailable, and leaves nothing behind, when the folder is gone", async () => {
    const objects = await FileObjects.open(folder);
    await rm(folder, { recursive: true });
    await expect(objects.putObject(object("an eye"))).rejects.toMatchObject({ code: "store-unavailable" });
  });
});
