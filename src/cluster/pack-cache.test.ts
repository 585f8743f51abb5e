import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryPacks } from "../../test/support/memory-packs.ts";
import { systemClock } from "../platform/index.ts";
import { PackCache } from "./pack-cache.ts";

const bytesOf = (text: string, length = 5000) => Buffer.alloc(length, text);
const nameOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let folder: string;
let packs: MemoryPacks;
let cache: PackCache;
const make = (bytesMax = 1e6) =>
  new PackCache({ folder: join(folder, "packs"), bytesMax, exchange: packs, clock: systemClock, stallMs: 100 });
/** Puts bytes under the name that they have, or under another one. */
function offer(bytes: Uint8Array, name = nameOf(bytes)): string {
  packs.objects.set(name, bytes);
  return name;
}
const files = () => readdir(join(folder, "packs")).catch(() => []);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-packs-"));
  packs = new MemoryPacks();
  cache = make();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a file that a server named", () => {
  it("is fetched once, and found on the disk by the next process without asking", async () => {
    const bytes = bytesOf("one");
    const name = offer(bytes);
    const path = await cache.file(name, bytes.length);
    expect(await readFile(path)).toEqual(bytes);
    await cache.file(name, bytes.length);
    await make().file(name, bytes.length);
    expect(packs.asked).toEqual([name]);
    expect(await files()).toEqual([name]);
  });

  it.each([
    ["other bytes of the same length", (bytes: Buffer) => Buffer.from(bytes).fill(7, 10, 11)],
    ["fewer bytes", (bytes: Buffer) => bytes.subarray(1)],
    ["more bytes", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("x")])],
    ["no bytes", () => Buffer.alloc(0)],
  ])("is refused when the object has %s, and leaves nothing behind", async (_, spoil) => {
    const bytes = bytesOf("one");
    const name = offer(spoil(bytes), nameOf(bytes));
    await expect(cache.file(name, bytes.length)).rejects.toMatchObject({ code: "object-corrupt", object: name });
    expect(await files()).toEqual([]);
    offer(bytes);
    expect(await readFile(await cache.file(name, bytes.length))).toEqual(bytes);
  });

  it("is refused when it is longer than its manifest may be, before it is read", async () => {
    const name = offer(bytesOf("one", 5000));
    await expect(cache.read(name, 4999)).rejects.toMatchObject({ code: "object-corrupt" });
    await expect(cache.file(name, 2 ** 40)).rejects.toMatchObject({ code: "object-too-large" });
  });

  it("that is not there, does not come to its end, or cannot be asked for, is said to be so", async () => {
    const bytes = bytesOf("one");
    await expect(cache.file(nameOf(bytes), bytes.length)).rejects.toMatchObject({ code: "object-missing" });
    const name = offer(bytes);
    packs.stallAfter = 2048;
    await expect(cache.file(name, bytes.length)).rejects.toMatchObject({ code: "object-stalled" });
    packs.fault = new Error("away");
    await expect(cache.file(name, bytes.length)).rejects.toMatchObject({ code: "bus-down" });
    expect(await files()).toEqual([]);
  });

  it("and was altered on the disk is fetched again by the next process, or when it is doubted", async () => {
    const bytes = bytesOf("one");
    const name = offer(bytes);
    const path = await cache.file(name, bytes.length);
    await writeFile(path, "something else");
    expect(await readFile(await make().file(name, bytes.length))).toEqual(bytes);
    await writeFile(path, "something else");
    cache.doubt();
    expect(await readFile(await cache.file(name, bytes.length))).toEqual(bytes);
  });

  it("cannot be kept where the folder cannot be made", async () => {
    await writeFile(join(folder, "packs"), "a file");
    const bytes = bytesOf("one");
    await expect(cache.file(offer(bytes), bytes.length)).rejects.toMatchObject({ code: "cache-failed" });
  });
});

describe("room", () => {
  const old = new Date(Date.UTC(2020));
  const age = (name: string, by = 0) => {
    const at = new Date(old.getTime() + by);
    return utimes(join(folder, "packs", name), at, at);
  };

  it("is made by the oldest that are not in use", async () => {
    cache = make(16_000);
    const names = await Promise.all(["a", "b", "c"].map((text) => offer(bytesOf(text))));
    for (const name of names) await cache.file(name, 5000);
    const [first, second, third] = names as [string, string, string];
    await cache.use(new Set([first]));
    await age(second, 1);
    await age(third, 2);
    const fourth = offer(bytesOf("d"));
    await cache.file(fourth, 5000);
    expect((await files()).sort()).toEqual([first, third, fourth].sort());
  });

  it("is not made of what is in use, nor of what somebody else used just now", async () => {
    cache = make(9000);
    const first = offer(bytesOf("a"));
    await cache.file(first, 5000);
    const second = offer(bytesOf("b"));
    await expect(cache.file(second, 5000)).rejects.toMatchObject({ code: "cache-failed" });
    await age(first);
    await cache.file(second, 5000);
    expect(await files()).toEqual([second]);
  });

  it("is made of what a fetch left that was killed, and of nothing that is no pack", async () => {
    await mkdir(join(folder, "packs"));
    const part = `${"a".repeat(64)}.123.part`;
    for (const name of [part, "notes.txt"]) {
      await writeFile(join(folder, "packs", name), "half");
      await age(name);
    }
    const name = offer(bytesOf("a"));
    await cache.file(name, 5000);
    expect((await files()).sort()).toEqual([name, "notes.txt"].sort());
  });
});
