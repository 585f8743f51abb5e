import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
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
    await expect(objects.getObject(image.sha256)).rejects.toMatchObject({ code: "image-damaged" });
  });

  it("mends an object that was cut off, when it is put again", async () => {
    const objects = await FileObjects.open(folder);
    const image = object("an eye");
    await objects.putObject(image);
    await writeFile(join(folder, image.sha256.slice(0, 2), image.sha256), "an");
    await objects.putObject(image);
    expect(Buffer.from((await objects.getObject(image.sha256)) ?? []).toString()).toBe("an eye");
  });

  it("counts an object's age from its last put, and never deletes a young one", async () => {
    const objects = await FileObjects.open(folder);
    const image = object("an eye");
    const path = join(folder, image.sha256.slice(0, 2), image.sha256);
    const old = new Date(Date.now() - 7_200_000);
    await objects.putObject(image);
    await utimes(path, old, old);
    const found: string[] = [];
    for await (const names of objects.untouched(3_600_000)) found.push(...names);
    expect(found).toEqual([image.sha256]);
    await objects.putObject(image);
    expect(await objects.removeUntouched(image.sha256, 3_600_000)).toBe(false);
    await utimes(path, old, old);
    expect(await objects.removeUntouched(image.sha256, 3_600_000)).toBe(true);
    expect(await objects.getObject(image.sha256)).toBeUndefined();
  });

  it("deletes what an interrupted write left, once it is old", async () => {
    const objects = await FileObjects.open(folder);
    const path = join(folder, "ab", "left.part");
    await writeFile(path, "half");
    for await (const _ of objects.untouched(3_600_000)) expect.unreachable();
    expect(await readdir(join(folder, "ab"))).toEqual(["left.part"]);
    const old = new Date(Date.now() - 7_200_000);
    await utimes(path, old, old);
    for await (const _ of objects.untouched(3_600_000)) expect.unreachable();
    expect(await readdir(join(folder, "ab"))).toEqual([]);
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
