import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cataract } from "../../test/support/programme.ts";
import { measured } from "../../test/support/several-labels.ts";
import { evaluationOf, readEvaluation } from "./read-evaluation.ts";
import { readProgrammes } from "./read-programmes.ts";

const record = measured(cataract, { accuracy: 0.9 });

describe("readEvaluation", () => {
  let one: string;
  let two: string;
  const put = async (folder: string, content: unknown) => {
    const path = join(folder, "cataract/evaluation.json");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  };
  const read = () => readEvaluation([one, two], cataract);
  beforeEach(async () => {
    one = await mkdtemp(join(tmpdir(), "fovea-evaluation-"));
    two = await mkdtemp(join(tmpdir(), "fovea-evaluation-"));
  });
  afterEach(() => Promise.all([one, two].map((folder) => rm(folder, { recursive: true }))));

  it("says that there is none", async () => {
    expect(await read()).toEqual({ missing: "cataract has no evaluation.json" });
  });

  it.each([
    ["another programme", { programme: "chest-xray" }],
    ["another fast reader", { digests: { ...record.digests, fast: "0".repeat(64) } }],
    ["another fine reader", { digests: { ...record.digests, fine: "0".repeat(64) } }],
    ["another band by its pack", { packs: { ...record.packs, cascade: "cataract/cascade-9" } }],
    ["another band by its digest", { digests: { ...record.digests, cascade: "0".repeat(64) } }],
  ])("does not take the figures of %s for those of what serves", async (_, change) => {
    await put(one, { ...record, ...change });
    expect(await read()).toEqual({ missing: expect.stringContaining("other packs") as string });
  });

  it.each([
    ["no JSON", "{", /not JSON/],
    ["another shape", { ...record, figures: {} }, /figures\.fast/],
    ["a figure without cases", { ...record, data: { ...record.data, images: 0 } }, /data\.images/],
    ["more than is read", JSON.stringify({ ...record, more: "x".repeat(1 << 20) }), /at most 1048576/],
  ])("says so of %s, and does not stop the start", async (_, content, why) => {
    await put(one, content);
    expect(await read()).toEqual({ missing: expect.stringMatching(why) as string });
  });

  it("keeps the parts that are served, and finds the fitting record in any folder", async () => {
    const digests = { ...record.digests, cascade: cataract.band.digest };
    await put(one, { ...record, digests: { ...digests, fast: "0".repeat(64) } });
    await put(two, { ...record, digests, seconds: 7, domain: {} });
    expect(await read()).toEqual({ ...record, digests });
  });
});

describe("evaluationOf", () => {
  it("knows nothing of a programme without packs or without a record", () => {
    expect(evaluationOf(undefined)).toBeUndefined();
    expect(evaluationOf({ manifest: cataract.manifest, missing: "a pack" })).toBeUndefined();
    expect(evaluationOf({ ...cataract, evaluation: { missing: "no record" } })).toBeUndefined();
    expect(evaluationOf({ ...cataract, evaluation: record })).toBe(record);
  });
});

describe("the committed programmes", () => {
  it("have records of exactly the packs that are committed with them", async () => {
    const { programmes } = await readProgrammes(resolve(import.meta.dirname, "../../models"));
    const known = [...programmes.values()].map((each) => [each.manifest.id, evaluationOf(each)?.data.images]);
    expect(known).toHaveLength(5);
    for (const [id, images] of known) expect(images, String(id)).toBeGreaterThan(0);
  });
});
