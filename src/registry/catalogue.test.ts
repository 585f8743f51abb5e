import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entryOf, readCatalogue } from "./catalogue.ts";
import { pullModel } from "./pull.ts";

const committed = resolve(import.meta.dirname, "../../models/catalog.json");

describe("the catalogue", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-catalogue-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  type Entry = Record<string, unknown>;
  const changed = async (change: (models: Entry[]) => unknown): Promise<string> => {
    const whole = JSON.parse(await readFile(committed, "utf8")) as { models: Entry[] };
    change(whole.models);
    const path = join(folder, "catalog.json");
    await writeFile(path, JSON.stringify(whole));
    return path;
  };
  const first = (models: Entry[]): Entry => models[0] as Entry;

  it.each<[string, (models: Entry[]) => unknown]>([
    ["neither a digest nor a conversion", (models) => delete first(models)["sha256"]],
    ["batches of a model whose answers change with them", (models) => Object.assign(first(models), { batchMax: 8 })],
    ["the same id twice", (models) => models.push(first(models))],
    ["a field it does not know", (models) => Object.assign(first(models), { extra: true })],
    ["a file outside its folder", (models) => Object.assign(first(models)["source"] as Entry, { path: "../up.onnx" })],
    [
      "an address that is not HTTPS",
      (models) => Object.assign(first(models)["source"] as Entry, { url: "file:///etc" }),
    ],
    ["fewer labels than outputs", (models) => (models.at(-1) as { labels: string[] } & Entry).labels.pop()],
  ])("is refused with %s", async (_name, change) => {
    await expect(readCatalogue(await changed(change))).rejects.toMatchObject({ fault: "catalogue-invalid" });
  });

  it("is refused when it is absent or no JSON", async () => {
    await expect(readCatalogue(join(folder, "absent"))).rejects.toMatchObject({ fault: "catalogue-invalid" });
    await writeFile(join(folder, "text"), "text");
    await expect(readCatalogue(join(folder, "text"))).rejects.toMatchObject({ fault: "catalogue-invalid" });
  });

  it("names CLIP by the bytes of one revision, and asks nothing of the network for what has to be converted", async () => {
    const catalogue = await readCatalogue(committed);
    const clip = entryOf(catalogue, "clip-vit-base-patch32-int8");
    expect(clip).toMatchObject({ bytes: 89_117_001, batchMax: 1, outputs: { image_embeds: 512 } });
    const { repository, revision, path, url } = clip.source;
    expect(url).toBe(`https://huggingface.co/${repository}/resolve/${revision}/${path}`);
    expect(() => entryOf(catalogue, "clip")).toThrowError(expect.objectContaining({ fault: "model-unknown" }));
    const others = catalogue.models.filter((entry) => "conversion" in entry);
    expect(others.map(({ id }) => id)).toEqual([
      "resnet-50-imagenet",
      "densenet-121-monai",
      "densenet-121-torchxrayvision-all",
    ]);
    for (const entry of others) {
      const pulling = pullModel(entry, { into: folder, signal: new AbortController().signal });
      await expect(pulling).rejects.toMatchObject({
        fault: "conversion-needed",
        message: expect.stringMatching(/1\. /),
      });
    }
  });
});
